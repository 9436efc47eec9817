// SPDX-License-Identifier: MIT

/// What some questions are answered with, whole.
enum HelpPages {
  /// What is there to ask about.
  static let program = """
    x = arange(6).reshape(2x3)
    r = (lr=0.1, x=x)
    A = faces("anime", 3)
    t = difference_vector(A, A)
    ## Gives an area, in pixels.
    fn area(height, width=2) { height * width }
    """

  static let golden: [(entry: String, page: String)] = [
    (
      "?",
      #"""
      henge: a shell for image-to-image translation

        1 + 1                         an expression shows its value
        x = arange(6).reshape(2x3)    assigning creates a name; this is a tensor
        A = faces("anime", 100)       a dataset; images("folder") reads yours
        grid(A[0:8]) |> show          look at some images
        B = faces("photo", 100)       a second dataset
        t = difference_vector(A, B)   a trainer that translates A to B
        t.step(100)                   train it; t.vector is what it learned
        save_png(t(A[0]), "map.png")  translate an image and save it

        ?mean  ?x  ??f     a built-in; a value; the source of your function
        ?language  ?for    the syntax of the language
        ?E-shape           what an error means and how to fix it
        apropos("resize")  search the help for a word

        groups      ?general ?tensors ?pictures ?datasets ?landmarks ?metrics
                    ?networks ?models ?learning ?trainers ?saving
        commands    ?commands :who :save
        keys        ?keys Tab completes Ctrl-C stops
        leave       :quit or Ctrl-D
      """#
    ),
    (
      "?abs",
      #"""
      abs(x: num) -> num

      Returns the absolute value of a number.

        x  An int or a num.

        henge> abs(-3)
        3

      abs(x: tensor) -> tensor

      Returns the absolute value of `x`, element by element.

        x  A tensor of numbers.

        henge> print(abs(tensor([-1.5, 2])))
        tensor([1.5, 2])

        errors      ?E-overflow
        group       ?general ?tensors
      """#
    ),
    (
      "?faces",
      #"""
      faces(style, count=1000, size=64x64, seed=0) -> dataset

      Returns a dataset of synthetic faces, drawn by henge, with exact landmarks and
      angle. Face i depends on the style, the seed and i only.

        style  Style of the faces: line drawings, or shaded like photographs. One of
               "anime", "photo".
        count  Number of images.
        size   Height x width in pixels.
        seed   Seed of the faces: another seed draws other faces.

        henge> faces("anime", 10)[0].shape
        3x64x64

        errors      ?E-range ?E-shape
        see also    ?images ?item
        group       ?datasets
      """#
    ),
    (
      "??split",
      #"""
      a built-in; its declaration:

      split(text: str, separator: str | none = none) -> list of str
      split(A: dataset, parts: num | list of num) -> list of dataset

        group       ?general ?datasets
      """#
    ),
    (
      "?x",
      #"""
      x is a tensor: f32 2x3
        f32 2x3  min 0  max 5  mean 2.5  sd 1.708

        properties  .T .dtype .numel .shape
        functions   .abs() .all() .animate() .any() .argmax() .argmin() .argsort()
                    .atan2() .bars() .bce_logits() .bincount() .blur() .bool() .ceil()
                    .clip() .compare() .corr() .cos() .cov() .crop() .cumprod()
                    .cumsum() .dataset() .detach() .detect() .erf() .exp() .expm1()
                    .f32() .f64() .fid() .flip() .floor() .gather() .grid() .heat()
                    .hist() .histogram() .histogram_match() .i64() .interval() .item()
                    .kid() .l1() .len() .log() .log1p() .log_softmax() .lsgan() .mae()
                    .matmul() .max() .mean() .median() .min() .mse() .norm() .outer()
                    .overlay() .pad() .pca() .permute() .pick() .psnr() .quantile()
                    .relu() .reshape() .resize() .roll() .rotate() .round() .row()
                    .save() .save_png() .scatter() .show() .sigmoid() .signed() .sin()
                    .softmax() .softplus() .sort() .sqrt() .ssim() .std() .sum()
                    .swd() .tanh() .tensor() .tiles() .to_gray() .topk() .u8() .var()
                    .where()
                    ?x.abs describes this one
      """#
    ),
    (
      "?r",
      #"""
      r is a record of 2

        lr  num 0.1
        x   f32 2x3

        functions   .bars() .dict() .has() .hist() .keys() .len() .scatter() .set()
                    .tilt()
                    ?r.bars describes this one
      """#
    ),
    (
      "?t",
      #"""
      t is a difference_vector after 0 updates
        difference_vector @0 of 10000 updates, rule "corrected", 3x64x64

        members     .batch .count .keep .log .lr .rule .snapshots .total .vector
        settable    .lr = …
        callable    t(x: tensor) -> tensor
        functions   .grad() .restore() .save() .snapshot() .step() .train()
                    ?t.grad describes this one
      """#
    ),
    (
      "?t.vector",
      #"""
      t.vector is a member of a difference_vector. Type it without `?` to see its
      value.
        others      batch count keep log lr rule snapshots total
      """#
    ),
    (
      "?area",
      #"""
      area is a function: fn area(height, width=2)

      Gives an area, in pixels.

        defined at  [1]:6
        source      ??area
      """#
    ),
    (
      "??area",
      #"""
      ## Gives an area, in pixels.
      fn area(height, width=2) { height * width }
      """#
    ),
    (
      "?for",
      #"""
      for x in values { … }

      Loop over the elements of a list, range, string, tensor or dataset. `for a, b
      in` unpacks each element. `[f(x) for x in values if …]` is a list comprehension.

        henge> [n * n for n in 0..4]
        [0, 1, 4, 9]

        see also    ?language
      """#
    ),
    (
      "in?",
      #"""
      in(a: tensor | num, b: tensor) -> bool

      Whether a tensor contains a number.

        a  A number.
        b  A tensor.

        henge> 2 in tensor([1, 2])
        true

        group       ?tensors

      x in values

      Whether a list, range, string or record contains a value; `not in` is the
      opposite.

        henge> 2 in [1, 2, 3]
        true

        see also    ?language
      """#
    ),
    (
      "?saving",
      #"""
      saving: ?name describes each one

        board     Writes the numbers of a table to a folder for TensorBoard: each col…
        load      Loads an image, a tensor or weights from a file.
        restore   Restores the state of a trainer, model, optimizer or random stream …
        save      Saves a tensor as a .npy file, which numpy loads.
        snapshot  Returns a copy of the state of a trainer, model, optimizer or rando…
      """#
    ),
    (
      "?keys",
      #"""
      keys of the prompt

        Ctrl-A  to the line's beginning

      keys(record: record) -> list of str

      Returns the names of a record's fields.

        record  The record.

        henge> keys((a=1, b=2))
        ["a", "b"]

        see also    ?has
        group       ?general
      """#
    ),
    (
      "?:save",
      #"""
        :save f.henge  Writes a script.
      """#
    ),
    (
      "?E-zero",
      #"""
      E-zero: division by zero

      Dividing a scalar by zero is an error. With tensors the result contains inf or
      NaN.

          n = 0
          1 // n

      Instead:

          n = 0
          if n != 0 { 1 // n } else { 0 }
      """#
    ),
    (
      "?np.load",
      #"""
      henge has no modules: write `load` without a prefix.

      load(path, part=none, range=[-1.0, 1.0], upright=false) -> any

      Loads an image, a tensor or weights from a file. The contents decide the type,
      not the name. An image (PNG, JPEG, WebP, TIFF, BMP and PNM) is returned as a
      tensor f32 [C, H, W] in `range`, a .npy file as a tensor. Files of weights
      (.npz, .safetensors, PyTorch's .pth, Keras' .h5, .weights.h5 and .keras) are
      returned as a record of tensors by name. Weights of the generators and
      discriminators of the reference implementation of CycleGAN and pix2pix are
      recognized and returned as a model, a checkpoint of several networks as a record
      of models; a note reports which, and what is a guess. A network in an ONNX file
      (.onnx, with the weights inside or in a file next to it) is returned as a model
      for inference, whose layers have the names of the file's nodes. Of a file with
      several pages or frames, the first is read. TIFF and PFM files of floats, signed
      or 32-bit integers keep their values, and all of their bands. Code in a file is
      never run.

        path     Path of the file.
        part     Network to load from a file with several: the prefix of its names,
                 such as "genA2B" or "netG".
        range    Values of black and white in an image.
        upright  Whether to rotate an image upright according to its EXIF orientation.

        henge> save_png(zeros(3x8x8), "gray.png")
        henge> load("gray.png").shape
        3x8x8
        henge> weights = (gen=(weight=eye(2)), dis=(weight=ones(3)))
        henge> save(weights, "gan.npz")
        henge> load("gan.npz", part="dis").weight.shape
        shape(3)

      load(m: model, path: str | record of tensor, *, part: str | none = none) -> none

      Loads weights into a model, from a file that henge, PyTorch or Keras saved or
      from a record of tensors such as `n.weights`. henge's own names must match
      exactly. Other names are matched by layer (numbers in numeric order) and by role
      (weight, bias, running_mean, kernel, gamma, …), and every shape must fit. A file
      that fits in two ways is an error. Optimizer state in the file is ignored; a
      note reports what was loaded.

        m     A model.
        path  Path of a .safetensors, .npz, .pth, .h5, .weights.h5 or .keras file, or
              a record of tensors by name.
        part  Network to load from a file with several: the prefix of its names, such
              as "genA2B" or "netG". By default the only one that fits.

        henge> m = conv(3, 4)
        henge> n = copy(m)
        henge> n["bias"] = 1
        henge> m.load(n.weights)
        henge> print(m["bias"])
        tensor([1, 1, 1, 1])

      load(t: trainer, path: str) -> none

      Loads the weights of all networks of a trainer from a checkpoint: a file with
      one part per network, such as the six of U-GAT-IT's `…_params_latest.pt`
      (genA2B, genB2A, disGA, disGB, disLA, disLB). The parts of other methods have
      the names of the trainer's networks. If one does not fit, nothing is changed.
      Such a file has no optimizer state: the moments, t.count and t.lr remain;
      resume(path, A, B) continues a run that save(t, path) saved.

        t     A trainer of networks.
        path  Path of a .pt, .pth, .safetensors or .npz file.

        henge> A = faces("anime", 4, size=24x24)
        henge> B = faces("photo", 4, size=24x24)
        henge> t = cyclegan(A, B, base=2, blocks=1)
        henge> save(t, "latest.pt", names="pytorch")
        henge> t.load("latest.pt")

        errors      ?E-file ?E-memory ?E-arg
        see also    ?save ?resume ?images ?table
        group       ?saving
      """#
    ),
    (
      "?meen",
      #"""
      E-name: there is no help for `meen`
        try: ?mean
      """#
    ),
    (
      "?qqqqq",
      #"""
      E-name: there is no help for `qqqqq`
        try: ? for an overview, or apropos("a word")
      """#
    ),
    (
      "?load an image",
      #"""
      there is no page named load an image; these mention it:

        load       saving     Loads an image, a tensor or weights from a file.
        augment    datasets   Returns the dataset with data augmentation: random chan…
        fid        metrics    Returns the Fréchet distance (FID) of two sets of image…
        kid        metrics    Returns the kernel distance (KID) of two sets of images…
        landmarks  landmarks  Returns a dataset whose items have landmarks: the named…
        pairs      datasets   Loads pairs from images that show both sides next to ea…
        resume     trainers   Loads a saved trainer of any kind.
        save       saving     Saves the images of a dataset.
        tensor     datasets   Loads all images of a dataset into one tensor [N, C, H,…
      """#
    ),
  ]
}
