// SPDX-License-Identifier: MIT

// Habits from Python, C, JavaScript, MATLAB, R or Julia, and their equivalents here. Text that is
// not valid in henge is detected by the lexer and the parser; text that is (`np.mean(x)`,
// `x.append(1)`) is detected at run time, by name and by member.

/// The habits of neighbouring languages.
public enum Habits {
  /// What to write instead of the undefined `name`; `nil` if nothing is known about it.
  public static func hint(forName name: String) -> String? { names[name] }

  /// What to write instead of the member `name` of a value named `object`.
  public static func hint(forMember name: String, of object: String) -> String? {
    members[name].map { hint in
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
  static var memberNames: [String] { Array(members.keys) }

  /// What a named argument or a choice of another language is called among `known`.
  static func hint(forWord word: String, among known: [String]) -> String? {
    words[word].flatMap { names in names.first(where: known.contains) }
  }

  /// Prefixes before a dot in other languages that henge does not have.
  static let modules: Set<String> = [
    "np", "numpy", "torch", "tf", "F", "nn", "plt", "math", "cv2", "Image", "random", "os", "sys",
    "optim", "transforms", "torchvision", "scipy", "pd", "jnp",
  ]

  private static let words: [String: [String]] = [
    "reverse": ["descending"], "dim": ["axis"], "dims": ["axis"], "axes": ["axis"],
    "keepdim": ["keepdims"],
    "type": ["dtype"], "typ": ["dtype"], "shape": ["size"], "device": [],
    "learning_rate": ["lr"], "step_size": ["lr"], "rate": ["lr"], "batch_size": ["batch", "n"],
    "n": ["count"], "num": ["count", "n"], "filename": ["path"], "file": ["path"],
    "dir": ["folder"], "columns": ["cols"], "ncols": ["cols"], "nrow": ["cols"],
    "float": ["f32"], "float32": ["f32"], "single": ["f32"], "float64": ["f64"],
    "double": ["f64"], "uint8": ["u8"], "byte": ["u8"], "int": ["i64"], "int64": ["i64"],
    "int32": ["i64"], "long": ["i64"], "grey": ["gray"], "grayscale": ["gray"], "RGB": ["rgb"],
    "linear": ["bilinear"], "cubic": ["bicubic"], "ignore": ["skip"],
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
    "double": "num(x)", "string": "str(x)", "dict": "a record: (a=1, b=2)",
    "tuple": "a list: (1, 2)", "array": "tensor([1, 2])", "ndarray": "tensor([1, 2])",
    "Tensor": "tensor([1, 2])", "lambda": "x => x + 1",
    "reduce": "a loop: for x in xs { … }",
    "append": "xs += [x]", "size": "len(x), or x.shape", "length": "len(x)",
    "ndims": "len(x.shape)", "mod": "a % b", "pow": "a ** b", "power": "a ** b",
    "isinstance": "type(x) == \"int\"", "typeof": "type(x)", "println": "print(x)",
    "printf": "print(f\"{x:.3f}\")", "disp": "print(x)", "echo": "print(x)", "puts": "print(x)",
    "console": "print(x)", "raise": "fail(\"what went wrong\")",
    "throw": "fail(\"what went wrong\")", "error": "fail(\"what went wrong\")",
    "stop": "fail(\"what went wrong\")", "exit": ":quit at the prompt, or Ctrl-D",
    "quit": ":quit at the prompt, or Ctrl-D", "help": "?name at the prompt",
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
    "DataLoader": "A.batches(16)", "subplots": "grid([x, y]), row([x, y])",
    "subplot": "grid([x, y]), row([x, y])", "make_grid": "grid(A[0:8])", "figure": "show(x)",
    "imresize": "resize(x, 64x64)", "interpolate": "resize(x, 64x64)",
    "export": "save_png(x, \"x.png\"), save(x, \"x.npy\")",
    "write": "save_png(x, \"x.png\"), save(x, \"x.npy\")", "display": "show(x)", "view": "show(x)",
    "describe": "?x at the prompt", "history": "the key Up at the prompt, or Ctrl-R",
    "no_grad": "nothing: only minimize and grad record gradients",
    "read_csv": "table(\"t.csv\")",
    "DataFrame": "table(a=[1, 2])",
    "imread": "load(\"x.png\")", "imwrite": "save_png(x, \"y.png\")", "imshow": "show(x)",
    "float32": "f32(x)", "float64": "f64(x)", "uint8": "u8(x)", "int64": "i64(x)",
    "self": "a parameter of the function", "this": "a parameter of the function",
    "concatenate": "cat([a, b])", "concat": "cat([a, b])", "vstack": "cat([a, b])",
    "hstack": "cat([a, b], axis=1)", "transpose": "x.T, or permute(x, (1, 0)) with every axis",
    "dot": "a @ b", "end": "}", "elif": "} else if … {", "otherwise": "} else {",
    "iter": "for x in xs { … }", "next": "xs[0]",
    "absolute": "abs(x)", "ln": "log(x)", "maximum": "where(a > b, a, b)",
    "minimum": "where(a < b, a, b)", "randint": "floor(rand(shape(3)) * 10)",
    "i": "for i in 0..10 { … }",
    "clamp": "clip(x, 0, 1)", "ravel": "x.reshape(-1)", "reversed": "xs[::-1]",
    "allclose": "all(abs(x - y) < 1e-6)", "array_equal": "all(x == y)", "equal": "all(x == y)",
    "isnan": "x != x", "isfinite": "abs(x) < inf", "isinf": "abs(x) == inf",
    "histogram": "hist(x)", "percentile": "quantile(x, 0.5)", "fliplr": "flip(x, -1)",
    "flipud": "flip(x, -2)", "expand_dims": "x[none]", "unsqueeze": "x[none]",
    "squeeze": "x[0]", "divmod": "[a // b, a % b]",
    "swapaxes": "x.T, or permute(x, (1, 0)) with every axis",
    "hypot": "sqrt(a ** 2 + b ** 2)", "sub": "a - b", "mul": "a * b",
    "div": "a / b", "mm": "a @ b", "bmm": "a @ b",
    "permutation": "A.shuffle()", "choice": "A.shuffle().take(1)",
    "device": "nothing: values have no device",
    "is_available": "nothing: values have no device", "cuda": "nothing: values have no device",
    "_": "ans, the last result at the prompt", "__": "Out[1] at the prompt",
    "pwd": ":pwd at the prompt", "getcwd": ":pwd at the prompt", "cwd": ":pwd at the prompt",
    "cd": "paths from where henge was started; :pwd at the prompt shows it",
    "now": "time { … }: programs have no clock, so that they replay",
    "date": "time { … }: programs have no clock, so that they replay",
    "datetime": "time { … }: programs have no clock, so that they replay",
    "clock": "time { … }: programs have no clock, so that they replay",
    "e": "exp(1)", "E": "exp(1)", "toupper": "upper(\"text\")", "tolower": "lower(\"text\")",
    "Inf": "inf", "Infinity": "inf", "NaN": "nan", "NAN": "nan", "PI": "pi",
    "cross_entropy": "-mean(sum(y * log_softmax(x), axis=-1))",
    "nll_loss": "-mean(sum(y * log_softmax(x), axis=-1))", "gelu": "x * sigmoid(1.702 * x)",
    "SSIM": "ssim(x, y)", "PSNR": "psnr(x, y)", "tqdm": "for x in xs { … }",
    "set_trace": ":where at the prompt", "breakpoint": ":where at the prompt",
    "traceback": ":where at the prompt",
  ]

  /// `§` is replaced by the value.
  static let members: [String: String] = [
    "append": "§ += [x]", "push": "§ += [x]", "add": "§ += [x]", "push_back": "§ += [x]",
    "extend": "§ += xs", "insert": "§ = §[:i] + [x] + §[i:]", "pop": "§ = §[:-1]",
    "remove": "[x for x in § if x != y]", "length": "len(§)", "size": "§.shape, or len(§)",
    "cuda": "§: values have no device", "cpu": "§: values have no device",
    "to": "§: values have no device; f32(§) or f64(§) for a type",
    "gpu": "§: values have no device",
    "numpy": "§: it is a tensor already", "array": "tensor(§)", "tolist": "list(§)",
    "astype": "f32(§), f64(§), u8(§), i64(§) or bool(§)", "type": "type(§)", "float": "f32(§)",
    "double": "f64(§)",
    "half": "f32(§)", "long": "i64(§)", "byte": "u8(§)",
    "view": "§.reshape(…), with a shape such as 4x3",
    "squeeze": "§[0], or §.reshape(…)", "unsqueeze": "§[none]", "expand_dims": "§[none]",
    "transpose": "§.T, or §.permute((0, 2, 1)) with every axis", "t": "§.T", "ndim": "len(§.shape)",
    "dim": "len(§.shape)", "ndims": "len(§.shape)", "clone": "§: assignment copies",
    "contiguous": "§: every tensor is contiguous", "dot": "§ @ y", "mm": "§ @ y",
    "pow": "§ ** 2", "add_": "§ += y", "mul_": "§ *= y", "zero_": "§ = zeros(§.shape)",
    "fill_": "§ = full(§.shape, 0)",
    "backward": "opt.minimize(() => mse(m(x), y)), or grad(() => mse(m(x), y), m)",
    "zero_grad": "opt.minimize(() => mse(m(x), y)): gradients are not accumulated",
    "requires_grad": "grad(f, x)", "grad": "grad(f, x)",
    "eval": "§: models run in evaluation mode outside minimize",
    "train": "opt.minimize(() => mse(m(x), y)): models run in training mode inside it",
    "parameters": "§.params", "state_dict": "§.weights", "named_parameters": "§.params",
    "load_state_dict": "§.load(path)", "forward": "§(x)", "modules": "§.layers",
    "items": "[(k, §[k]) for k in keys(§)]", "values": "[§[k] for k in keys(§)]",
    "get": "§[\"a\"]", "format": "f\"{x}\"", "strip": "join(split(§), \" \")",
    "head": "§.take(6)", "tail": "§[-6:]", "describe": "§.summary()", "fit": "§.step(100)",
    "plot": "plot(§.log), show(§.take(8)), plot(§)", "hist": "hist(§)",
    "forEach": "for x in § { … }",
    "map": "[f(x) for x in §]", "filter": "[x for x in § if x > 0]", "imshow": "show(§)",
    "savefig": "save_png(§, \"x.png\")", "save": "save(§, path)", "show": "show(§)",
    "__getitem__": "§[0]", "concatenate": "§.join(B)", "repeat": "§.repeated(2), cat([§, §])",
    "random_split": "§.split(0.9)", "batch": "§.batches(16)", "apply": "§.map(x => x)",
    "len": "len(§)", "count": "len(§)", "toString": "str(§)", "to_string": "str(§)",
    "clamp": "§.clip(0, 1)", "clamp_": "§ = §.clip(0, 1)", "flatten": "§.reshape(-1)",
    "ravel": "§.reshape(-1)", "sort": "§ = sorted(§)", "reverse": "§ = §[::-1]",
    "sorted": "sorted(§)", "startswith": "§[:2] == \"ab\"", "endswith": "§[-2:] == \"ab\"",
    "find": "\"ab\" in §", "includes": "x in §", "contains": "x in §", "isin": "x in §",
    "index": "[i for i, x in enumerate(§) if x == 3]",
    "indexOf": "[i for i, x in enumerate(§) if x == 3]",
    "join": "join([\"a\", \"b\"], §)",
    "swapaxes": "§.T, or §.permute((0, 2, 1)) with every axis", "nelement": "§.numel",
    "device": "§: values have no device", "is_cuda": "§: values have no device",
    "isnan": "§ != §", "isfinite": "abs(§) < inf", "eq": "§ == y", "ne": "§ != y",
    "gt": "§ > y", "lt": "§ < y", "ge": "§ >= y", "le": "§ <= y", "sub": "§ - y",
    "mul": "§ * y", "div": "§ / y", "neg": "-§", "square": "§ ** 2",
    "expand": "§: shapes are matched in arithmetic, as in § + zeros(2x3)",
    "expand_as": "§: shapes are matched in arithmetic, as in § + y",
    "broadcast_to": "§: shapes are matched in arithmetic, as in § + zeros(2x3)",
    "concat": "§.join(B)", "rot90": "§.rotate(90)",
    "fliplr": "§.flip(-1)", "flipud": "§.flip(-2)", "history": "§.log",
    "param_groups": "§.lr", "step": "§.minimize(() => mse(m(x), y))", "std": "std(§.tensor())",
    "shape": "§.tensor().shape", "masked_fill": "where(mask, 0, §)",
    "percentile": "§.quantile(0.5)", "to_csv": "save(§, \"t.csv\")",
    "requires_grad_": "grad(f, x)", "children": "§.layers", "named_modules": "§.layers",
    "weight": "§.weights", "bias": "§.weights", "predict": "§(x)", "__call__": "§(x)",
    "checkpoint": "save(§, \"t.safetensors\")",
  ]
}
