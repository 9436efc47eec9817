// SPDX-License-Identifier: MIT

// What lives here: the pages of errors in files, data and the machine.

extension ErrorPage {
  static let world: [ErrorPage] = [
    ErrorPage(
      "E-file", "a file that cannot be used",
      """
      The file is missing, unreadable, no regular file, or not what it says it is: truncated,
      damaged, or of another format. Paths in a script are relative to the script; at the prompt, to
      the working directory. Files are written whole or not at all.
      """,
      example: "load(\"missing.png\")", fix: "if exists(\"x.png\") { load(\"x.png\") }"),
    ErrorPage(
      "E-path", "a path that leaves the output folder",
      """
      With `--out DIR` files are written below DIR. A relative path that leaves it, as `../x.npy`
      does, is refused and nothing is written. An absolute path is written where it says: `--out`
      keeps the files of a run together, it does not lock a script in.
      """,
      example: "# henge --out results -e 'save(zeros(3), \"../x.npy\")'",
      fix: "# henge --out results -e 'save(zeros(3), \"x.npy\")'"),
    ErrorPage(
      "E-data", "data that do not fit",
      """
      A data set is empty where pictures are needed, its pictures differ where they must agree, or
      it is not the one a trainer was saved with.
      """,
      example: "faces(\"anime\", 5).take(0).mean()", fix: "faces(\"anime\", 5).mean()"),
    ErrorPage(
      "E-tape", "a gradient that cannot be taken",
      """
      The loss does not depend on what its gradient is asked at: it was computed from tensors that
      were detached, by a function without a derivative, or by models that the optimizer does not
      train. Inside `minimize` compute the loss from what the model gives.
      """,
      example: "opt = sgd(conv(3, 1)); opt.minimize(() => ones(3).sum())",
      fix: "m = conv(3, 1); opt = sgd(m)\nopt.minimize(() => m(ones(3x4x4)).mean())"),
    ErrorPage(
      "E-midstep", "in the middle of a training step",
      """
      `t.substep()` makes a training step in parts, and nothing of it is in force before the last.
      Until then the trainer is not at a whole step: it makes no other, and is not saved or kept.
      Go on with `t.substep()` until the step is finished, or forget it with `t.drop()`.
      """,
      example: """
        A = faces("anime", 4, size=24x24)
        t = cyclegan(A, A, base=2, blocks=0)
        t.substep()
        t.step()
        """,
      fix: """
        A = faces("anime", 4, size=24x24)
        t = cyclegan(A, A, base=2, blocks=0)
        t.substep()
        t.drop()
        t.step()
        """),
    ErrorPage(
      "E-finite", "a training that went out of bounds",
      """
      A loss became infinite or no number. The step was not made: the trainer is as it was after the
      step before. Look at t.log and at what the layers give (tap), then go on with a smaller
      learning rate.
      """,
      example:
        "A = faces(\"anime\", 4, size=8x8)\nt = fit(conv(3, 3, padding=1), A, loss=(y, x) => y.mean() / 0)\nt.step()",
      fix:
        "A = faces(\"anime\", 4, size=8x8)\nt = fit(conv(3, 3, padding=1), A)\nt.step()"
    ),
    ErrorPage(
      "E-memory", "more memory than there is",
      """
      Before anything large is made, its size is compared with what is free; nothing was allocated.
      Use a smaller batch or picture, drop names that are not needed, or raise `--memory`.
      """,
      example: "zeros(100000x100000)", fix: "zeros(1000x1000)"),
    ErrorPage(
      "E-closed", "nobody reads the output",
      """
      What reads the program's output has ended, as `head` does after its lines. The program stops
      there without a word, with exit code 141; nothing is wrong with it.
      """,
      example: "# henge long.henge | head -n 1", fix: "# henge long.henge > long.txt"),
    ErrorPage(
      "E-system", "something the system refused",
      "The operating system or a library could not do what was asked; the message has its words.",
      example: "# a library that is damaged", fix: "# Scripts/setup installs what is needed"),
    ErrorPage(
      "E-internal", "an error in henge itself",
      """
      This should not happen, whatever was typed. The session goes on. Please report the statement
      together with the output of `henge --version`.
      """,
      example: "# unknown", fix: "# a report with the statement"),
  ]
}
