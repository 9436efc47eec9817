// SPDX-License-Identifier: MIT

// Habits from Python, C, JavaScript, MATLAB, R or Julia, and their equivalents here. Text that is
// not valid in henge is detected by the lexer and the parser; text that is (`np.mean(x)`,
// `x.append(1)`) is detected at run time, by name and by member.

/// The habits of neighbouring languages.
public enum Habits {
  /// What to write instead of the undefined `name`; `nil` if nothing is known about it.
  public static func hint(forName name: String) -> String? { names[name] }

  /// What to write instead of the member `name` of a value named `object`; of a value of `kind`, what is
  /// known of that kind's.
  public static func hint(
    forMember name: String, of object: String, kind: String? = nil
  ) -> String? {
    (kind == nil ? members[name] : members["\(kind ?? "").\(name)"]).map { hint in
      var result = ""
      var rest = hint[...]
      while let mark = rest.firstIndex(of: "§") {
        result += rest[..<mark] + object
        rest = rest[rest.index(after: mark)...]
      }
      return result + rest
    }
  }

  /// The members of which something is known.
  static var memberNames: [String] { members.keys.filter { !$0.contains(".") } }

  /// What to write instead of a call of the built-in `name` whose first argument, `§`, is of `kind`.
  static func hint(forCall name: String, of kind: String) -> String? { calls["\(name)(\(kind))"] }

  /// What a named argument or a choice of another language is called among `known`.
  static func hint(forWord word: String, among known: [String]) -> String? {
    words[word].flatMap { names in names.first(where: known.contains) }
  }

  /// What to write instead of the argument `name` of `callee`, which is no parameter of any name here.
  static func hint(forArgument name: String, of callee: String) -> String? {
    arguments["\(callee).\(name)"] ?? arguments[name]
  }

  /// Prefixes before a dot in other languages that henge does not have.
  static let modules: Set<String> = [
    "np", "numpy", "torch", "tf", "F", "nn", "plt", "math", "cv2", "Image", "random", "os", "sys",
    "optim", "transforms", "torchvision", "scipy", "pd", "jnp", "TF", "T", "sns", "ImageOps",
    "vutils",
    "utils", "skimage", "json", "pickle", "pathlib",
  ]

  private static let arguments: [String: String] = [
    "seed": "seed(0): on a line before it", "random_state": "seed(0): on a line before it",
    "device": "nothing: values have no device", "verbose": "every=10",
    "color": "nothing: each line has a color of its own",
    "c": "nothing: each line has a color of its own",
    "linewidth": "nothing: all lines have one width",
    "lw": "nothing: all lines have one width", "alpha": "nothing: each line has a color of its own",
    "linestyle": "points=true", "marker": "points=true",
    "figsize": "save_png(plot([1, 2]), \"x.png\", size=600x800)",
    "ddof": "std(x) * sqrt(x.numel / (x.numel - 1))",
    "unbiased": "std(x) * sqrt(x.numel / (x.numel - 1))",
    "correction": "std(x) * sqrt(x.numel / (x.numel - 1))",
    "p": "sum(abs(x)): the norm of order 1; norm(x) is of order 2",
    "ord": "sum(abs(x)): the norm of order 1; norm(x) is of order 2",
    "num_workers": "nothing: images are read and decoded on all threads",
    "pin_memory": "nothing: values have no device", "step.lr": "t.lr = 1e-3",
    "train.lr": "t.lr = 1e-3", "step.batch_size": "cyclegan(A, B, batch=4)",
    "train.batch_size": "cyclegan(A, B, batch=4)", "images.batch_size": "A.batches(4)",
    "images.batch": "A.batches(4)", "images.shuffle": "A.shuffle()",
    "images.transform": "A.map(x => x)",
    "inplace": "nothing: functions return new values",
    "out": "nothing: functions return new values",
  ]

  /// By the name of a built-in and the kind of its first argument, `§`.
  static let calls: [String: String] = [
    "len(model)": "len(§.layers)", "len(trainer)": "§.count",
    "set(list)": "keys(dict([[str(x), x] for x in §])): the different elements, as strings",
    "shuffle(list)": "[§[i] for i in list(argsort(rand(shape(len(§)))))]",
    "sample(dataset)": "§.sample(4)", "sort(list)": "sorted(§)",
    "split(tensor)": "[§[:2], §[2:]]", "split(dataset)": "§.split([6, 2])",
    "where(tensor)": "where(§, 1, 0)",

    "mean(dataset)": "§.tensor().mean(axis=0)", "tensor(str)": "tensor([1, 2])",
    "images(fn)": "images(\"folder\")", "faces(int)": "faces(\"anime\", §)",
    "grad(model)": "grad(() => mean(§(x)), §)",
  ]

  private static let words: [String: [String]] = [
    "reverse": ["descending"], "dim": ["axis"], "dims": ["axis"], "axes": ["axis"],
    "keepdim": ["keepdims"], "weight_decay": ["decay"], "kernel_size": ["kernel"],
    "pad": ["padding", "width"], "lambda_cycle": ["cycle"], "lambda_A": ["cycle"],
    "lambda_B": ["cycle"], "lambda_identity": ["identity"], "lambda_idt": ["identity"],
    "n_epochs": ["epochs"], "num_epochs": ["epochs"], "max_epochs": ["epochs"],
    "in_channels": ["in"], "out_channels": ["out"], "in_features": ["in"],
    "out_features": ["out"], "filters": ["out"], "strides": ["stride"], "use_bias": ["bias"],
    "ngf": ["base"], "pool_size": ["pool"], "suptitle": ["title"], "err": ["errors"],
    "yerr": ["errors"], "type": ["dtype"], "typ": ["dtype"], "shape": ["size"],
    "learning_rate": ["lr"], "step_size": ["lr"], "rate": ["lr"], "batch_size": ["batch", "n"],
    "n": ["count", "limit"], "num": ["count", "n"], "filename": ["path"], "file": ["path"],
    "dir": ["folder"], "columns": ["cols"], "ncols": ["cols"], "nrow": ["cols"],
    "float": ["f32"], "float32": ["f32"], "single": ["f32"], "float64": ["f64"],
    "double": ["f64"], "uint8": ["u8"], "byte": ["u8"], "int": ["i64"], "int64": ["i64"],
    "int32": ["i64"], "long": ["i64"], "grey": ["gray"], "grayscale": ["gray"], "RGB": ["rgb"],
    "real": ["photo"], "human": ["photo"], "cartoon": ["anime"], "drawn": ["anime"],
    "steps": ["n"], "num_steps": ["n"], "iterations": ["n"], "iters": ["n"], "label": ["labels"],
    "legend": ["labels"],
    "constant_values": ["value"], "fill": ["value"], "pad_width": ["width"], "padding": ["width"],
    "padding_mode": ["mode"], "interpolation": ["filter"], "replicate": ["edge"],
    "nearest": ["edge"], "linear": ["bilinear"], "cubic": ["bicubic"], "ignore": ["skip"],
  ]

  /// What to write instead of a name that other languages have; none is a built-in here.
  static let names: [String: String] = [
    "np": "without a prefix: mean(x), zeros(3x4)", "numpy": "without a prefix: mean(x)",
    "torch": "without a prefix: zeros(3x4), cat(xs)", "tf": "without a prefix: zeros(3x4)",
    "F": "without a prefix: relu(x)", "nn": "without a prefix: conv(in=3, out=16)",
    "plt": "plot(y), show(x)", "math": "without a prefix: sqrt(x), sin(x)",
    "cv2": "load(\"x.png\"), save_png(x, \"y.png\")", "Image": "load(\"x.png\")",
    "random": "rand(shape(3)), seed(1)", "os": "files(\"folder\"), exists(\"path\")",
    "null": "none", "nil": "none", "NULL": "none", "undefined": "none", "nothing": "none",
    "missing": "none", "TRUE": "true", "FALSE": "false", "yes": "true", "no": "false",
    "pass": "an empty block { }", "range": "0..10, or 0..10 by 2",
    "float": "num(\"3.5\"), or f32(x) of a tensor",
    "double": "num(x)", "string": "str(x)",
    "tuple": "a list: (1, 2)", "array": "tensor([1, 2])", "ndarray": "tensor([1, 2])",
    "Tensor": "tensor([1, 2])", "lambda": "x => x + 1",
    "reduce": "a loop: for x in xs { … }",
    "append": "xs += [x]", "size": "len(x), or x.shape", "length": "len(x)",
    "ndims": "len(x.shape)", "mod": "a % b", "pow": "a ** b", "power": "a ** b",
    "isinstance": "type(x) == \"int\"", "typeof": "type(x)", "println": "print(x)",
    "printf": "print(f\"{x:.3f}\")", "disp": "print(x)", "echo": "print(x)", "puts": "print(x)",
    "console": "print(x)", "raise": "fail(\"what went wrong\")",
    "throw": "fail(\"what went wrong\")", "error": "fail(\"what went wrong\")",
    "stop": "fail(\"what went wrong\")",
    "exit": "delete this line: a program ends at its end; :quit ends a session",
    "quit": "delete this line: a program ends at its end; :quit ends a session",
    "help": "?name at the prompt",
    "dir": "?x at the prompt, who()", "doc": "?name at the prompt", "man": "?name at the prompt",
    "info": "?x at the prompt", "lookfor": "apropos(\"a word\")",
    "whos": "who()", "vars": "who()", "globals": "who()", "locals": "who()", "clear": "drop(\"x\")",
    "del": "drop(\"x\")", "ls": "files(\".\")", "open": "load(\"path\")",
    "listdir": "files(\".\")", "glob": "files(\".\", ending=\".png\")",
    "tic": "time { … }", "toc": "time { … }", "timeit": "bench { … }",
    "asarray": "tensor([1, 2])", "from_numpy": "tensor([1, 2])", "zeros_like": "zeros(x.shape)",
    "ones_like": "ones(x.shape)", "full_like": "full(x.shape, 0)", "randn_like": "randn(x.shape)",
    "rand_like": "rand(x.shape)", "normal": "randn(shape(3))", "uniform": "rand(shape(3))",
    "manual_seed": "seed(0)", "savefig": "save_png(x, \"x.png\")", "savez": "save(x, \"x.npy\")",
    "ImageFolder": "images(\"folder\")",
    "Dataset": "images(\"folder\"), dataset(x)", "TensorDataset": "dataset(x)",
    "ConcatDataset": "A.join(B)", "Subset": "A[0:100]", "random_split": "A.split(0.9)",
    "RandomHorizontalFlip": "A.augment(flip=true)", "RandomCrop": "A.augment(crop=64x64)",
    "RandomResizedCrop": "A.augment(resize=72x72, crop=64x64)",
    "RandomRotation": "A.augment(rotate=10)", "ColorJitter": "A.augment(jitter=0.2)",
    "Compose": "A.map(x => x), A.augment(flip=true)",
    "ToTensor": "A[0]: images are tensors in -1..1",
    "Conv2d": "conv(3, 16)", "ConvTranspose2d": "conv_transpose(16, 3)", "Linear": "linear(4, 2)",
    "BatchNorm2d": "batch_norm(16)", "InstanceNorm2d": "instance_norm(16)",
    "MaxPool2d": "max_pool(2)", "AvgPool2d": "avg_pool(2)", "ReflectionPad2d": "reflect_pad(1)",
    "ZeroPad2d": "zero_pad(1)", "Upsample": "upsample(2)", "ReLU": "relu()",
    "LeakyReLU": "leaky_relu(0.2)", "PReLU": "prelu()", "Tanh": "tanh()", "Sigmoid": "sigmoid()",
    "Dropout": "dropout(0.5)", "Flatten": "flatten()",
    "Sequential": "sequential(conv(3, 8), relu())",
    "Module": "sequential(conv(3, 8), relu())", "Adam": "adam(m, lr=2e-4)",
    "SGD": "sgd(m, lr=0.01)",
    "MSELoss": "mse(x, y)", "L1Loss": "l1(x, y)", "BCEWithLogitsLoss": "bce_logits(x, y)",
    "mse_loss": "mse(x, y)", "l1_loss": "l1(x, y)",
    "binary_cross_entropy_with_logits": "bce_logits(x, y)",
    "DataLoader": "A.batches(16)", "subplots": "panels([plot([1]), plot([2])])",
    "subplot": "panels([plot([1]), plot([2])])", "make_grid": "grid(A[0:8])", "figure": "show(x)",
    "imresize": "resize(x, 64x64)", "interpolate": "resize(x, 64x64)",
    "export": "save_png(x, \"x.png\"), save(x, \"x.npy\")",
    "write": "save_png(x, \"x.png\"), save(x, \"x.npy\")", "display": "show(x)", "view": "show(x)",
    "history": "the key Up at the prompt, or Ctrl-R",
    "no_grad": "nothing: only minimize and grad record gradients",
    "read_csv": "table(\"t.csv\")",
    "DataFrame": "table(a=[1, 2])",
    "imread": "load(\"x.png\")", "imwrite": "save_png(x, \"y.png\")", "imshow": "show(x)",
    "float32": "f32(x)", "float64": "f64(x)", "uint8": "u8(x)", "int64": "i64(x)",
    "self": "a parameter of the function", "this": "a parameter of the function",
    "concatenate": "cat([a, b])", "concat": "cat([a, b])", "vstack": "cat([a, b])",
    "hstack": "cat([a, b], axis=1)", "transpose": "permute(x, (0, 2, 1)) with every axis, or x.T",
    "dot": "a @ b", "end": "}", "elif": "} else if … {", "otherwise": "} else {",
    "iter": "for x in xs { … }", "next": "xs[0]",
    "absolute": "abs(x)", "ln": "log(x)", "maximum": "where(a > b, a, b)",
    "minimum": "where(a < b, a, b)", "randint": "floor(rand(shape(3)) * 10)",
    "i": "for i in 0..10 { … }",
    "clamp": "clip(x, 0, 1)", "ravel": "x.reshape(-1)", "reversed": "xs[::-1]",
    "allclose": "all(abs(x - y) < 1e-6)", "array_equal": "all(x == y)", "equal": "all(x == y)",
    "isnan": "x != x", "isfinite": "abs(x) < inf", "isinf": "abs(x) == inf",
    "percentile": "quantile(x, 0.5)", "fliplr": "flip(x, -1)",
    "flipud": "flip(x, -2)", "expand_dims": "x[none]", "unsqueeze": "x[none]",
    "squeeze": "x[0]", "divmod": "[a // b, a % b]",
    "swapaxes": "permute(x, (0, 2, 1)) with every axis, or x.T",
    "hypot": "sqrt(a ** 2 + b ** 2)", "sub": "a - b", "mul": "a * b",
    "div": "a / b", "mm": "a @ b", "bmm": "a @ b",
    "permutation": "argsort(rand(shape(5)))", "choice": "xs[int(rand() * len(xs))]",
    "device": "nothing: values have no device",
    "is_available": "nothing: values have no device", "cuda": "nothing: values have no device",
    "_": "ans, the last result at the prompt", "__": "Out[1] at the prompt",
    "pwd": ":pwd at the prompt", "getcwd": ":pwd at the prompt", "cwd": ":pwd at the prompt",
    "cd": ":cd folder at the prompt", "chdir": ":cd folder at the prompt",
    "now": "time { … }: programs have no clock, so that they replay",
    "date": "time { … }: programs have no clock, so that they replay",
    "datetime": "time { … }: programs have no clock, so that they replay",
    "clock": "time { … }: programs have no clock, so that they replay",
    "fill_between": "plot(y, bands=0.1)", "product": "for x in xs { for y in ys { … } }",
    "itertools": "for x in xs { for y in ys { … } }",
    "e": "exp(1)", "E": "exp(1)", "toupper": "upper(\"text\")", "tolower": "lower(\"text\")",
    "Inf": "inf", "Infinity": "inf", "NaN": "nan", "NAN": "nan", "PI": "pi",
    "cross_entropy": "-mean(sum(y * log_softmax(x), axis=-1))",
    "nll_loss": "-mean(sum(y * log_softmax(x), axis=-1))", "gelu": "x * sigmoid(1.702 * x)",
    "SSIM": "ssim(x, y)", "PSNR": "psnr(x, y)", "tqdm": "for x in xs { … }",
    "set_trace": ":where at the prompt", "breakpoint": ":where at the prompt",
    "traceback": ":where at the prompt",
    "corrcoef": "corr(x, y)", "pearsonr": "corr(x, y)", "diff": "x[1:] - x[:-1]",
    "prod": "cumprod(x)[-1]", "trace": "sum(a * eye(len(a)))", "diag": "eye(len(a)) * a",
    "meshgrid": "arange(3)[:, none] + arange(4)", "tile": "cat([x, x])", "repmat": "cat([x, x])",
    "repeat_interleave": "cat([x, x])", "moveaxis": "permute(x, (1, 2, 0))",
    "rollaxis": "permute(x, (1, 2, 0))", "count_nonzero": "sum(x != 0)",
    "nanmean": "mean(x[x == x])",
    "sign": "where(x > 0, 1, 0) - where(x < 0, 1, 0)", "rem": "a % b", "fix": "floor(2.5)",
    "randi": "floor(rand(shape(3)) * 10)", "isempty": "len(x) == 0", "strcat": "\"a\" + \"b\"",
    "num2str": "str(3)", "sprintf": "f\"{pi:.3f}\"", "fprintf": "print(f\"{pi:.3f}\")",
    "clc": "the key Ctrl-L at the prompt", "nvidia": "nothing: values have no device",
    "inv": "save(a, \"a.npy\"): numpy computes it",
    "inverse": "save(a, \"a.npy\"): numpy computes it",
    "det": "save(a, \"a.npy\"): numpy computes it", "svd": "save(a, \"a.npy\"): numpy computes it",
    "eig": "save(a, \"a.npy\"): numpy computes it",
    "solve": "save(a, \"a.npy\"): numpy computes it",
    "lstsq": "save(a, \"a.npy\"): numpy computes it",
    "fft": "save(x, \"x.npy\"): numpy computes it",
    "unique": "sort(x.reshape(-1)): equal values are neighbors",
    "conv2d": "conv(3, 16)(x)", "avg_pool2d": "avg_pool(2)(x)", "max_pool2d": "max_pool(2)(x)",
    "F.dropout": "dropout(0.5)(x)", "grid_sample": "rotate(x, 10)",
    "torch.std": "std(x): divided by n, in PyTorch by n - 1",
    "torch.var": "var(x): divided by n, in PyTorch by n - 1",
    "transforms": "A.map(x => x), A.augment(flip=true)",
    "torchvision": "without a prefix: resize(x, 64x64)", "Resize": "resize(x, 64x64)",
    "CenterCrop": "crop(x, 4x4)", "center_crop": "crop(x, 4x4)",
    "Normalize": "(x - mean(x)) / std(x)",
    "Grayscale": "to_gray(x)", "rgb_to_grayscale": "to_gray(x)", "rgb2gray": "to_gray(x)",
    "cvtColor": "to_gray(x)", "grayscale": "to_gray(x)", "save_image": "save_png(x, \"x.png\")",
    "fromarray": "show(x), save_png(x, \"x.png\")", "Pad": "pad(x, 1)", "hflip": "flip(x, -1)",
    "vflip": "flip(x, -2)", "mirror": "flip(x, -1)",
    "GaussianBlur": "blur(x, 1)", "gaussian_blur": "blur(x, 1)", "gaussian_filter": "blur(x, 1)",
    "waitKey": "nothing: show(x) does not wait", "sns": "hist(x), plot(y)",
    "sns.heatmap": "heat(a)",
    "legend": "plot([1, 2], labels=[\"a\"])", "title": "plot([1, 2], title=\"a\")",
    "xlabel": "plot([1, 2], xlabel=\"a\")", "ylabel": "plot([1, 2], ylabel=\"a\")",
    "bar": "bars([1, 2])",
    "colorbar": "delete this line: it is not needed", "makedirs": "!mkdir out at the prompt",
    "Path": "\"folder/name\"", "pathlib": "\"folder/name\"", "json": "table(\"t.csv\")",
    "pickle": "save(x, \"x.npy\")", "input": "param n = 1", "sys": "args", "argv": "args",
    "save_csv": "save(table(a=[1, 2]), \"t.csv\")", "to_csv": "save(table(a=[1, 2]), \"t.csv\")",
    "savetxt": "save(tensor([1, 2]), \"x.npy\")",
    "save_gif": "animate([zeros(3x8x8), ones(3x8x8)], \"x.gif\")",
    "mimsave": "animate([zeros(3x8x8), ones(3x8x8)], \"x.gif\")",
    "FuncAnimation": "animate([zeros(3x8x8), ones(3x8x8)], \"x.gif\")",
    "imageio": "animate([zeros(3x8x8), ones(3x8x8)], \"x.gif\")",
    "PCA": "pca(rand(9x4))", "TSNE": "pca(rand(9x4))", "UMAP": "pca(rand(9x4))",
    "fill_betweenx": "plot(y, bands=0.1)", "errorbar": "plot([1, 2], errors=0.1)",
    "violinplot": "hist([1, 2, 3])", "boxplot": "hist([1, 2, 3])",
    "ans": "nothing yet: ans is the value of the last line that has one", "void": "none",
    "rmsprop": "adam(m, lr=1e-3)", "RMSprop": "adam(m, lr=1e-3)", "AdamW": "adam(m, lr=2e-4)",
    "adamw": "adam(m, lr=2e-4)", "dense": "linear(4, 2)", "Dense": "linear(4, 2)",
    "train_test_split": "A.split(0.9)", "nonzero": "[i for i, x in enumerate(v) if x != 0]",
    "argwhere": "[i for i, x in enumerate(v) if x != 0]",
    "flatnonzero": "[i for i, x in enumerate(v) if x != 0]",
    "callable": "type(f) == \"fn\"", "hasattr": "has(r, \"a\")", "getattr": "r[\"a\"]",
    "setattr": "set(r, a=2)", "delattr": "dict([[k, r[k]] for k in keys(r) if k != \"a\"])",
    "hex": "nothing: numbers are written in decimal",
    "bin": "nothing: numbers are written in decimal",
    "oct": "nothing: numbers are written in decimal",
    "chr": "nothing: strings are written as they are, and have no codes",
    "ord": "nothing: strings are written as they are, and have no codes",
    "super": "a record and functions: (name=\"a\")",
    "sleep": "nothing: programs have no clock, so that they replay",
    "subprocess": "!ls at the prompt", "os.system": "!ls at the prompt",
    "os.popen": "!ls at the prompt", "log10": "log(x) / log(10)", "log2": "log(x) / log(2)",
    "lerp": "a + (b - a) * 0.5", "interp": "save(v, \"v.npy\"): numpy computes it",
    "datasets": "images(\"folder\")", "CIFAR10": "images(\"folder\")",
    "MNIST": "images(\"folder\")", "CelebA": "images(\"folder\")",
    "CrossEntropyLoss": "-mean(sum(y * log_softmax(x), axis=-1))",
    "NLLLoss": "-mean(sum(y * log_softmax(x), axis=-1))",
    "BCELoss": "bce_logits(x, y)", "SmoothL1Loss": "l1(x, y)", "HuberLoss": "l1(x, y)",
    "randperm": "argsort(rand(shape(5)))", "chunk": "[v[:2], v[2:]]",
    "array_split": "[v[:2], v[2:]]", "np.split": "[v[:2], v[2:]]", "torch.split": "[v[:2], v[2:]]",
    "random.shuffle": "[xs[i] for i in list(argsort(rand(shape(len(xs)))))]",
    "np.random.shuffle": "[xs[i] for i in list(argsort(rand(shape(len(xs)))))]",
    "semilogy": "plot([1, 10], log=true)", "loglog": "plot([1, 10], log=true)",
    "semilogx": "plot([1, 10], log=true)",
    "plt.axis": "delete this line: axes fit what is drawn",
    "plt.ylim": "delete this line: axes fit what is drawn",
    "plt.xlim": "delete this line: axes fit what is drawn",
    "plt.grid": "delete this line: it is not needed",
    "plt.tight_layout": "delete this line: it is not needed",
    "plt.close": "delete this line: it is not needed",
    "plt.clf": "delete this line: it is not needed",
    "ax": "plot([1, 2])", "axs": "panels([plot([1]), plot([2])])",
    "json.dumps": "str(r)", "json.dump": "str(r)", "json.load": "run(\"settings.henge\")",
    "json.loads": "run(\"settings.henge\")",
    "torch.compile": "nothing: models run as they are",
    "id": "type(x)", "StepLR": "adam(m, lr=1e-3, schedule=k => 1 - k / 100)",
    "scheduler": "adam(m, lr=1e-3, schedule=k => 1 - k / 100)",
    "lr_scheduler": "adam(m, lr=1e-3, schedule=k => 1 - k / 100)",
  ]
}
