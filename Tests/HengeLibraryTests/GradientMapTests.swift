// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeTestSupport
import Testing

/// Saliency maps and Grad-CAM against PyTorch; Fixtures/gradient-maps.npz, which torch_gradient_maps.py
/// wrote.
@Suite struct GradientMapTests {
  private static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Fixtures"

  /// The network of the fixture, with its weights.
  private static let network = """
    r = load("\(folder)/gradient-maps.npz")
    m = sequential(conv(3, 4, padding=1), relu(), conv(4, 6, stride=2, padding=1), relu(), flatten(), linear(216, 3))
    for name in ["conv1", "conv2", "linear1"] {
      for part in ["weight", "bias"] { m[f"{name}.{part}"] = r[f"{name}.{part}"] }
    }
    """

  private func passes(_ checks: String) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2)
    let failure = runner.failure(of: GradientMapTests.network + "\n" + checks)
    #expect(failure == nil, "\(failure.map { Renderer().render($0) } ?? "")")
  }

  @Test func `maps are those of PyTorch, for a batch and for each of its images`() throws {
    try passes(
      """
      fn same(a, b) { assert a.shape == b.shape; assert abs(a - b).max().item() <= 1e-5 * abs(b).max().item() }
      same(saliency(m, r.x, to=2), r.saliency)
      same(saliency(m, r.x, to=y => y[:, 2].sum()), r.saliency)
      same(saliency(m, r.x[1], to=-1), r.saliency[1])
      same(grad_cam(m, r.x, "relu2", to=2), r.cam)
      same(grad_cam(m, r.x[0], "relu2", to=2), r.cam[0])
      same(grad_cam(m, r.x, "conv1", to=y => y.mean()), r.cam_first)
      assert r.cam.max().item() > 0 and r.cam_first.max().item() > 0
      """)
  }

  @Test func `the gradient is that of a function of the image`() throws {
    try passes(
      """
      g = grad(x => m(x).sum(), r.x)
      assert all(saliency(m, r.x) == abs(g).max(axis=1, keepdims=true))
      """)
  }

  @Test func `a model stays as it is, and the maps of a discriminator and of U-GAT-IT are finite`()
    throws
  {
    try passes(
      """
      before = m["conv1.weight"]; saliency(m, r.x); assert all(m["conv1.weight"] == before)
      x = faces("anime", 2).tensor()
      for n in [patchgan(base=2), ugatit_generator(base=2, blocks=1)] {
        s = saliency(n, x)
        assert s.shape == 2x1x64x64 and all(s == s) and s.max().item() > 0
      }
      """)
  }

  @Test func `no gradient flows through detached tensors`() throws {
    try passes(
      """
      x = tensor([1.0, 2, 3])
      assert all(grad(x => (x * detach(x)).sum(), x) == x)
      assert all(grad(x => (x * x).sum(), x) == 2 * x)
      n = linear(3, 1); w = n["weight"]
      assert all(grad(() => (n(x[none]) * n(x[none]).detach()).sum(), n).bias == n(x[none])[0])
      try { saliency(m, r.x, to=y => y.detach().sum()); assert false } catch e { assert e.code == "E-tape" }
      try { grad(x => detach(x).sum(), x); assert false } catch e { assert e.code == "E-tape" }
      """)
  }
}
