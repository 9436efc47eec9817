// SPDX-License-Identifier: MIT
import HengeBackend
import HengeLibrary
import HengeTestSupport
import HengeThreads
import Testing

@Suite struct BudgetTests {
  /// What a script's values took of the budget is given back when they are gone.
  @Test(arguments: [
    "x = randn(64x64); y = x @ x; z = sort(y); w = y[y > 0]; v = resize(x, 32x32)",
    "A = faces(\"anime\", 9, size=16x16); B = A.map(x => x * 2).join(A.map(x => x)); C = A.tensor()",
    "A = faces(\"anime\", 9, size=16x16); D = duplicates(A); s = A.summary(); b = A.batches(4)[1]",
    "x = grid(faces(\"photo\", 4, size=16x16), zoom=3); save_png(x, \"x.png\"); y = load(\"x.png\")",
    "save((a=eye(9)), \"a.npz\"); save((a=eye(9)), \"a.safetensors\"); save(eye(9), \"a.npy\"); x = [load(\"a.npz\"), load(\"a.safetensors\"), load(\"a.npy\")]",
    "t = difference_vector(faces(\"anime\", 9, size=8x8), faces(\"photo\", 9, size=8x8)); t.step(2000); s = snapshot(t); save(t, \"t.safetensors\")",
    "save(table(a=[1, 2]), \"t.csv\"); t = table(\"t.csv\"); c = t[\"a\"]",
    "zeros(1000000x1000000)", "grid(faces(\"anime\", 3), zoom=100000)",
    "faces(\"anime\", 4000000000)", "load(\"nothing.png\")",
  ])
  func theBudgetIsGivenBack(text: String) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    let before = runner.session.budget.live
    _ = runner.run("fn f() {\n\(text)\nnone\n}\nf()")
    BackgroundWork.finish()
    #expect(runner.session.budget.live == before)
  }
}
