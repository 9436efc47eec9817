// SPDX-License-Identifier: MIT

// Error pages: files, data, training and the system.

extension ErrorPage {
  static let world: [ErrorPage] = [
    ErrorPage(
      "E-file", "the file cannot be read or written",
      """
      The file does not exist, cannot be read or written, is not a regular file, is truncated or
      damaged, or has another format. Paths in a script are relative to the script; at the prompt
      they are relative to the working directory. Files are written completely or not at all.
      """,
      example: "load(\"missing.png\")", fix: "if exists(\"x.png\") { load(\"x.png\") }"),
    ErrorPage(
      "E-path", "the path is outside the output folder",
      """
      With `--out DIR` files are written below DIR. A relative path that leaves DIR, such as
      `../x.npy`, is refused, and nothing is written. Absolute paths are used unchanged: `--out` is
      meant to keep the files of a run together, not to confine a script.
      """,
      example: "# henge --out results -e 'save(zeros(3), \"../x.npy\")'",
      fix: "# henge --out results -e 'save(zeros(3), \"x.npy\")'"),
    ErrorPage(
      "E-data", "unsuitable data",
      """
      A dataset is empty, its images differ in size or channels although they must agree, or it is
      not the dataset that a trainer was saved with.
      """,
      example: "faces(\"anime\", 5).take(0).mean()", fix: "faces(\"anime\", 5).mean()"),
    ErrorPage(
      "E-tape", "no gradient",
      """
      A gradient is computed with respect to the weights of a model or to a tensor, and the loss does
      not depend on them: it was computed from detached tensors, by a function without a derivative,
      or by models that the optimizer does not train. In the function passed to `minimize`, compute
      the loss from the model's output.
      """,
      example: """
        opt = sgd(conv(3, 1))
        opt.minimize(() => ones(3).sum())
        """,
      fix: """
        m = conv(3, 1)
        opt = sgd(m)
        opt.minimize(() => m(ones(3x4x4)).mean())
        """),
    ErrorPage(
      "E-midstep", "a training step is unfinished",
      """
      `t.substep()` runs a training step in parts, and the weights change only with the last part.
      Until then the trainer cannot run another step and cannot be saved or copied. Call
      `t.substep()` until the step is finished, or discard it with `t.drop()`.
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
      "E-finite", "a loss or gradient is not finite",
      """
      A loss or a gradient became infinite or NaN. The step was not applied: the trainer is at its
      last whole step. Look at the losses in t.log and at the feature maps (tap), then continue with
      a smaller learning rate.
      """,
      example:
        "A = faces(\"anime\", 4, size=8x8)\nt = fit(conv(3, 3, padding=1), A, loss=(y, x) => y.mean() / 0)\nt.step()",
      fix:
        "A = faces(\"anime\", 4, size=8x8)\nt = fit(conv(3, 3, padding=1), A)\nt.step()"
    ),
    ErrorPage(
      "E-memory", "not enough memory",
      """
      henge compares the size of a result with the free memory before it allocates; nothing was
      allocated. Use a smaller batch or smaller images, drop names that you no longer need, or raise
      `--memory`.
      """,
      example: "zeros(100000x100000)", fix: "zeros(1000x1000)"),
    ErrorPage(
      "E-ranks", "the processes of a job cannot go on together",
      """
      mpirun or srun started several processes, which run the same script in lockstep. One of them
      failed, did not come within HENGE_RANKS_WAIT seconds, or is at another place of the script: the
      message names the ranks with their machines and places. A script must do the same everywhere: it
      must not depend on time, on the machine, or on files that only some machines have. No `catch`
      catches this error.
      """,
      example: "# mpirun -n 2 henge run f.henge, which looks for a file of one machine",
      fix: "# a folder that all machines have"),
    ErrorPage(
      "E-closed", "the output was closed",
      """
      The process that reads the output has ended, as `head` does after its last line. henge stops
      without a message, with exit code 141. This is not an error in the program.
      """,
      example: "# henge long.henge | head -n 1", fix: "# henge long.henge > long.txt"),
    ErrorPage(
      "E-system", "the operating system reported an error",
      "The operating system or a library failed; the message contains its text.",
      example: "# a library that is damaged", fix: "# Scripts/setup installs what is needed"),
    ErrorPage(
      "E-internal", "an error in henge itself",
      """
      This is a bug in henge. The session continues. Please report the statement together with the
      output of `henge --version`.
      """,
      example: "# unknown", fix: "# a report with the statement"),
  ]
}
