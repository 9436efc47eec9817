# SPDX-License-Identifier: MIT
"""Networks of PyTorch, each with the henge model that has its layers.

`networks()` yields (name, module, henge model, input shape, how to write it): `pth`, `safetensors`,
`npz`, and what is put around the weights.
"""
import collections

import torch
import torch.nn as nn


class Johnson(nn.Module):
    """Style transfer: every layer in a module of its own [Johnson et al. 2016]."""

    class Conv(nn.Module):
        def __init__(self, a, b, k, s):
            super().__init__()
            self.reflection_pad = nn.ReflectionPad2d(k // 2)
            self.conv2d = nn.Conv2d(a, b, k, s)

        def forward(self, x):
            return self.conv2d(self.reflection_pad(x))

    class Res(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.conv1, self.in1 = Johnson.Conv(c, c, 3, 1), nn.InstanceNorm2d(c, affine=True)
            self.conv2, self.in2 = Johnson.Conv(c, c, 3, 1), nn.InstanceNorm2d(c, affine=True)

        def forward(self, x):
            return x + self.in2(self.conv2(torch.relu(self.in1(self.conv1(x)))))

    def __init__(self):
        super().__init__()
        C = Johnson.Conv
        self.conv1, self.in1 = C(3, 4, 5, 1), nn.InstanceNorm2d(4, affine=True)
        self.conv2, self.in2 = C(4, 8, 3, 2), nn.InstanceNorm2d(8, affine=True)
        self.conv3, self.in3 = C(8, 16, 3, 2), nn.InstanceNorm2d(16, affine=True)
        for i in range(1, 4):
            setattr(self, f"res{i}", Johnson.Res(16))
        self.deconv1, self.in4 = nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.InstanceNorm2d(8, affine=True)
        self.deconv2, self.in5 = nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.InstanceNorm2d(4, affine=True)
        self.deconv3 = C(4, 3, 5, 1)

    def forward(self, x):
        for i in (1, 2, 3):
            x = torch.relu(getattr(self, f"in{i}")(getattr(self, f"conv{i}")(x)))
        for i in (1, 2, 3):
            x = getattr(self, f"res{i}")(x)
        x = torch.relu(self.in4(self.deconv1(x)))
        x = torch.relu(self.in5(self.deconv2(x)))
        return self.deconv3(x)


JOHNSON = """sequential(
  reflect_pad(2), conv(3, 4, kernel=5), instance_norm(4, affine=true), relu(),
  reflect_pad(1), conv(4, 8, stride=2), instance_norm(8, affine=true), relu(),
  reflect_pad(1), conv(8, 16, stride=2), instance_norm(16, affine=true), relu(),
  {res}, {res}, {res},
  conv_transpose(16, 8, kernel=4, stride=2, padding=1), instance_norm(8, affine=true), relu(),
  conv_transpose(8, 4, kernel=4, stride=2, padding=1), instance_norm(4, affine=true), relu(),
  reflect_pad(2), conv(4, 3, kernel=5))""".format(
    res="""residual(reflect_pad(1), conv(16, 16), instance_norm(16, affine=true), relu(),
  reflect_pad(1), conv(16, 16), instance_norm(16, affine=true))""")


class UNet(nn.Module):
    """A U-Net whose decoder counts downwards; it is made in the order in which it runs."""

    def __init__(self, base=4, norm=True):
        super().__init__()

        def block(a, b):
            layers = []
            for i, o in ((a, b), (b, b)):
                layers += [nn.Conv2d(i, o, 3, padding=1, bias=not norm)]
                layers += [nn.BatchNorm2d(o)] if norm else []
                layers += [nn.ReLU()]
            return nn.Sequential(*layers)

        self.enc1, self.enc2 = block(3, base), block(base, 2 * base)
        self.bottleneck = block(2 * base, 4 * base)
        self.up2, self.dec2 = nn.ConvTranspose2d(4 * base, 2 * base, 2, 2), block(4 * base, 2 * base)
        self.up1, self.dec1 = nn.ConvTranspose2d(2 * base, base, 2, 2), block(2 * base, base)
        self.head = nn.Conv2d(base, 3, 1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        a = self.enc1(x)
        b = self.enc2(self.pool(a))
        c = self.bottleneck(self.pool(b))
        b = self.dec2(torch.cat([self.up2(c), b], 1))
        return self.head(self.dec1(torch.cat([self.up1(b), a], 1)))


def unet(base=4, norm=True):
    def block(a, b):
        out = []
        for i, o in ((a, b), (b, b)):
            out += [f"conv({i}, {o}, padding=1, bias={'false' if norm else 'true'})"]
            out += [f"batch_norm({o})"] if norm else []
            out += ["relu()"]
        return f"sequential({', '.join(out)})"
    return (f"sequential({block(3, base)}, skip(max_pool(2), {block(base, 2 * base)}, "
            f"skip(max_pool(2), {block(2 * base, 4 * base)}, "
            f"conv_transpose({4 * base}, {2 * base}, kernel=2, stride=2), first=\"output\"), "
            f"{block(4 * base, 2 * base)}, conv_transpose({2 * base}, {base}, kernel=2, stride=2), "
            f"first=\"output\"), {block(2 * base, base)}, conv({base}, 3, kernel=1))")


class Named(nn.Module):
    """Modules by name, run in the order `run`."""

    def __init__(self, modules, run):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.run = run

    def forward(self, x):
        return self.run(self, x)


def chain(*names):
    def run(m, x):
        for name in names:
            x = torch.relu(x) if name == "relu" else getattr(m, name)(x)
        return x
    return run


def conv(a, b, k=3, **other):
    return nn.Conv2d(a, b, k, **{"padding": k // 2, **other})


def basic(c):
    """A block of a ResNet."""
    return Named({"conv1": conv(c, c, bias=False), "bn1": nn.BatchNorm2d(c),
                  "conv2": conv(c, c, bias=False), "bn2": nn.BatchNorm2d(c)},
                 lambda m, x: torch.relu(x + m.bn2(m.conv2(torch.relu(m.bn1(m.conv1(x)))))))


BASIC = """residual(conv({0}, {0}, padding=1, bias=false), batch_norm({0}), relu(),
  conv({0}, {0}, padding=1, bias=false), batch_norm({0})), relu()"""


def networks():
    S = nn.Sequential
    yield ("sequential", S(conv(3, 6), nn.BatchNorm2d(6), nn.ReLU(), conv(6, 6), nn.BatchNorm2d(6),
                           nn.ReLU(), conv(6, 6), nn.BatchNorm2d(6), nn.ReLU(), conv(6, 6),
                           nn.BatchNorm2d(6), nn.ReLU(), conv(6, 3)),
           "sequential(conv(3, 6, padding=1), batch_norm(6), relu(), conv(6, 6, padding=1), "
           "batch_norm(6), relu(), conv(6, 6, padding=1), batch_norm(6), relu(), "
           "conv(6, 6, padding=1), batch_norm(6), relu(), conv(6, 3, padding=1))", (2, 3, 8, 8), "pth")
    yield ("twelve-equal", S(*[conv(3, 3) for _ in range(12)]),
           "sequential(" + ", ".join(["conv(3, 3, padding=1)"] * 12) + ")", (1, 3, 8, 8), "safetensors")
    yield ("twelve-equal-numpy", S(*[conv(3, 3) for _ in range(12)]),
           "sequential(" + ", ".join(["conv(3, 3, padding=1)"] * 12) + ")", (1, 3, 8, 8), "npz")
    names = {f"conv{i}": conv(4 if i > 1 else 3, 4, bias=False) for i in range(1, 12)}
    names |= {f"bn{i}": nn.BatchNorm2d(4) for i in range(1, 12)}
    order = [n for i in range(1, 12) for n in (f"conv{i}", f"bn{i}", "relu")]
    yield ("named", Named(names, chain(*order)),
           "sequential(" + ", ".join(
               f"conv({4 if i > 1 else 3}, 4, padding=1, bias=false), batch_norm(4), relu()"
               for i in range(1, 12)) + ")", (1, 3, 8, 8), "pth")
    yield ("resnet", Named({"conv1": conv(3, 4, bias=False), "bn1": nn.BatchNorm2d(4),
                            "layer1": S(basic(4), basic(4)), "layer2": S(basic(4), basic(4))},
                           chain("conv1", "bn1", "relu", "layer1", "layer2")),
           "sequential(conv(3, 4, padding=1, bias=false), batch_norm(4), relu(), "
           + ", ".join([BASIC.format(4)] * 4) + ")", (1, 3, 8, 8), "safetensors")
    yield "johnson", Johnson(), JOHNSON, (1, 3, 16, 16), "pth"
    yield "johnson-numpy", Johnson(), JOHNSON, (1, 3, 16, 16), "npz"
    yield "unet", UNet(), unet(), (1, 3, 16, 16), "pth"
    yield "unet-safetensors", UNet(2, False), unet(2, False), (1, 3, 16, 16), "safetensors"
    yield ("autoencoder",
           Named({"encoder": S(conv(3, 4, stride=2), nn.ReLU(), conv(4, 8, stride=2), nn.ReLU()),
                  "decoder": S(nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.ReLU(),
                               nn.ConvTranspose2d(4, 3, 4, 2, 1), nn.Tanh())},
                 chain("encoder", "decoder")),
           "sequential(conv(3, 4, padding=1, stride=2), relu(), conv(4, 8, padding=1, stride=2), "
           "relu(), conv_transpose(8, 4, kernel=4, stride=2, padding=1), relu(), "
           "conv_transpose(4, 3, kernel=4, stride=2, padding=1), tanh())", (1, 3, 16, 16), "safetensors")
    yield ("dense", Named({f"fc{i}": nn.Linear(12, 12) for i in range(1, 5)},
                          lambda m, x: m.fc4(torch.relu(m.fc3(torch.relu(m.fc2(torch.relu(
                              m.fc1(x.flatten(1))))))))),
           "sequential(flatten(), linear(12, 12), relu(), linear(12, 12), relu(), linear(12, 12), "
           "relu(), linear(12, 12))", (2, 3, 2, 2), "pth")
    yield ("classifier",
           Named({"features": S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
                  "classifier": S(nn.Dropout(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 5))},
                 lambda m, x: m.classifier(m.features(x).flatten(1))),
           "sequential(conv(3, 4, padding=1), batch_norm(4), relu(), max_pool(2), flatten(), "
           "dropout(0.5), linear(64, 8), relu(), linear(8, 5))", (2, 3, 8, 8), "safetensors")
    lists = Named({"norms": nn.ModuleList([nn.BatchNorm2d(5) for _ in range(11)]),
                   "convs": nn.ModuleList([conv(3 if i == 0 else 5, 5) for i in range(11)])}, None)

    def run(m, x):
        for c, n in zip(m.convs, m.norms):
            x = torch.relu(n(c(x)))
        return x
    lists.run = run
    yield ("lists", lists, "sequential(" + ", ".join(
        f"conv({3 if i == 0 else 5}, 5, padding=1), batch_norm(5), relu()" for i in range(11)) + ")",
        (1, 3, 8, 8), "npz")
    yield ("parallel", S(collections.OrderedDict(module=S(conv(3, 4), nn.ReLU(), conv(4, 4), nn.ReLU(),
                                                          conv(4, 3)))),
           "sequential(conv(3, 4, padding=1), relu(), conv(4, 4, padding=1), relu(), "
           "conv(4, 3, padding=1))", (1, 3, 8, 8), "safetensors")
    small = "sequential(conv(3, 4, padding=1), batch_norm(4), relu(), conv(4, 3, padding=1))"
    yield ("checkpoint", S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 3)), small, (1, 3, 8, 8),
           "training.pth")
    yield ("several", S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 3)), small, (1, 3, 8, 8),
           "several.pth")
    yield ("counted", S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 3)), small, (1, 3, 8, 8),
           "thop.pth")
    yield ("no-affine", S(conv(3, 4), nn.BatchNorm2d(4, affine=False), nn.ReLU(), conv(4, 4),
                          nn.BatchNorm2d(4, affine=False)),
           "sequential(conv(3, 4, padding=1), batch_norm(4, affine=false), relu(), "
           "conv(4, 4, padding=1), batch_norm(4, affine=false))", (1, 3, 8, 8), "safetensors")
    yield ("transposed", S(conv(4, 4, 4, padding=1), nn.ConvTranspose2d(4, 4, 4, padding=1),
                           conv(4, 4, 4, padding=1), nn.ConvTranspose2d(4, 4, 4, padding=1)),
           "sequential(" + ", ".join(["conv(4, 4, kernel=4, padding=1), "
                                      "conv_transpose(4, 4, kernel=4, padding=1)"] * 2) + ")",
           (1, 4, 8, 8), "pth")
    yield ("half", S(conv(3, 4), nn.ReLU(), conv(4, 4), nn.ReLU(), conv(4, 3)).half().float(),
           "sequential(conv(3, 4, padding=1), relu(), conv(4, 4, padding=1), relu(), "
           "conv(4, 3, padding=1))", (1, 3, 8, 8), "half.pth")
    vgg = {f"conv{b}_{i}": conv(3 if (b, i) == (1, 1) else 4, 4) for b in (1, 2) for i in range(1, 12)}
    yield ("vgg", Named(vgg, chain(*[n for name in vgg for n in (name, "relu")])),
           "sequential(" + ", ".join(f"conv({3 if i == 0 else 4}, 4, padding=1), relu()"
                                     for i in range(22)) + ")", (1, 3, 8, 8), "safetensors")
    blocks = {f"block{i}": S(conv(3 if i == 1 else 4, 4), nn.BatchNorm2d(4), nn.LeakyReLU(0.2))
              for i in range(1, 13)}
    yield ("blocks", Named(blocks, chain(*blocks)),
           "sequential(" + ", ".join(f"conv({3 if i == 0 else 4}, 4, padding=1), batch_norm(4), "
                                     "leaky_relu(0.2)" for i in range(12)) + ")", (1, 3, 8, 8), "npz")
    yield ("positions", S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 5, 1), nn.ReLU(),
                          conv(5, 3, bias=True)),
           "sequential(conv(3, 4, padding=1), batch_norm(4), relu(), conv(4, 5, kernel=1), relu(), "
           "conv(5, 3, padding=1))", (1, 3, 8, 8), "positions.npz")
    yield ("underscores", S(conv(3, 4), nn.BatchNorm2d(4), nn.ReLU(), conv(4, 4), nn.ReLU(),
                            conv(4, 3)),
           "sequential(conv(3, 4, padding=1), batch_norm(4), relu(), conv(4, 4, padding=1), relu(), "
           "conv(4, 3, padding=1))", (1, 3, 8, 8), "underscores.npz")
    yield ("dilated", S(conv(3, 4, padding=2, dilation=2, bias=False), nn.ReLU(),
                        nn.Conv2d(4, 4, (1, 3), padding=(0, 1)), nn.Sigmoid()),
           "sequential(conv(3, 4, padding=2, dilation=2, bias=false), relu(), "
           "conv(4, 4, kernel=(1, 3), padding=(0, 1)), sigmoid())", (1, 3, 8, 8), "safetensors")
    # Equal shapes, and names that say no order: to be refused.
    words = {"stem": conv(4, 4), "body": conv(4, 4), "tail": conv(4, 4)}
    yield ("words", Named(words, chain("stem", "relu", "body", "relu", "tail")),
           "sequential(conv(4, 4, padding=1), relu(), conv(4, 4, padding=1), relu(), "
           "conv(4, 4, padding=1))", (1, 4, 8, 8), "safetensors")
