# SPDX-License-Identifier: MIT
"""Networks of Keras 3, each with the henge model that has its layers.

`networks()` yields (name, model, henge model, input shape, how to write it): `weights.h5`, `keras`,
`h5` (as Keras 3 writes it) and `keras2.h5` (as Keras 2 did).
"""
import keras
from keras import layers as L


def networks():
    def sequential(*layers, shape=(8, 8, 3)):
        return keras.Sequential([keras.Input(shape), *layers])

    def conv(filters, size=3, **other):
        return L.Conv2D(filters, size, padding="same", **other)

    twelve = "sequential(" + ", ".join(["conv(3, 3, padding=1)"] * 12) + ")"
    normed = ("sequential(conv(3, 4, padding=1, bias=false), batch_norm(4, eps=0.001), relu(), "
              "conv(4, 4, padding=1), batch_norm(4, eps=0.001), relu(), conv(4, 3, padding=1))")

    def norms():
        return sequential(conv(4, use_bias=False), L.BatchNormalization(), L.ReLU(), conv(4),
                          L.BatchNormalization(), L.ReLU(), conv(3))
    yield ("k-twelve", sequential(*[conv(3) for _ in range(12)]), twelve, (8, 8, 3), "weights.h5")
    yield ("k-twelve-keras", sequential(*[conv(3) for _ in range(12)]), twelve, (8, 8, 3), "keras")
    yield ("k-twelve-keras2", sequential(*[conv(3) for _ in range(12)]), twelve, (8, 8, 3), "keras2.h5")
    yield "k-norms", norms(), normed, (8, 8, 3), "weights.h5"
    yield "k-norms-h5", norms(), normed, (8, 8, 3), "h5"
    yield "k-norms-keras2", norms(), normed, (8, 8, 3), "keras2.h5"
    yield ("k-encoder",
           sequential(conv(4, activation="relu"), conv(4, activation="relu"),
                      L.Conv2DTranspose(4, 3, padding="same", activation="relu"),
                      L.Conv2DTranspose(4, 4, strides=2, padding="same", activation="relu"),
                      L.Conv2DTranspose(3, 3, padding="same")),
           "sequential(conv(3, 4, padding=1), relu(), conv(4, 4, padding=1), relu(), "
           "conv_transpose(4, 4, padding=1), relu(), "
           "conv_transpose(4, 4, kernel=4, stride=2, padding=1), relu(), "
           "conv_transpose(4, 3, padding=1))", (8, 8, 3), "weights.h5")
    yield ("k-dense",
           sequential(conv(4), L.ReLU(), L.MaxPooling2D(2), L.Flatten(), L.Dense(8), L.ReLU(),
                      L.Dense(8), L.ReLU(), L.Dense(5)),
           "sequential(conv(3, 4, padding=1), relu(), max_pool(2), flatten(), linear(64, 8), relu(), "
           "linear(8, 8), relu(), linear(8, 5))", (8, 8, 3), "weights.h5")
    yield ("k-dense-keras2",
           sequential(conv(4), L.ReLU(), L.Flatten(), L.Dense(6), L.ReLU(), L.Dense(6)),
           "sequential(conv(3, 4, padding=1), relu(), flatten(), linear(256, 6), relu(), "
           "linear(6, 6))", (8, 8, 3), "keras2.h5")
    yield ("k-separable",
           sequential(L.SeparableConv2D(5, 3, padding="same", depth_multiplier=2), L.ReLU(),
                      L.DepthwiseConv2D(3, padding="same", depth_multiplier=2), L.ReLU(), conv(3, 1)),
           "sequential(conv(3, 5, padding=1), relu(), conv(5, 10, padding=1), relu(), "
           "conv(10, 3, kernel=1))", (8, 8, 3), "weights.h5")
    x = keras.Input((8, 8, 3))
    inner = keras.Sequential([keras.Input((8, 8, 4)), conv(4), L.BatchNormalization(), L.ReLU(), conv(4)])
    y = conv(3)(L.ReLU()(conv(4)(inner(conv(4)(x)))))
    yield ("k-nested", keras.Model(x, y),
           "sequential(conv(3, 4, padding=1), conv(4, 4, padding=1), batch_norm(4, eps=0.001), relu(), "
           "conv(4, 4, padding=1), conv(4, 4, padding=1), relu(), conv(4, 3, padding=1))",
           (8, 8, 3), "keras")
    x = keras.Input((8, 8, 3))
    a = conv(4, activation="relu")(x)
    b = conv(4, activation="relu")(L.MaxPooling2D(2)(a))
    b = L.Conv2DTranspose(4, 2, strides=2)(conv(4, activation="relu")(b))
    y = conv(3)(conv(4, activation="relu")(L.Concatenate()([a, b])))
    yield ("k-unet", keras.Model(x, y),
           "sequential(conv(3, 4, padding=1), relu(), skip(max_pool(2), conv(4, 4, padding=1), relu(), "
           "conv(4, 4, padding=1), relu(), conv_transpose(4, 4, kernel=2, stride=2)), "
           "conv(8, 4, padding=1), relu(), conv(4, 3, padding=1))", (8, 8, 3), "keras")
    yield ("k-no-scale",
           sequential(conv(4), L.BatchNormalization(scale=False), L.ReLU(), conv(4),
                      L.BatchNormalization(center=False, epsilon=1e-5)),
           "sequential(conv(3, 4, padding=1), batch_norm(4, eps=0.001), relu(), "
           "conv(4, 4, padding=1), batch_norm(4, eps=0.00001))", (8, 8, 3), "keras")
    yield ("k-instance",
           sequential(conv(4), L.GroupNormalization(groups=-1), L.ReLU(), conv(3)),
           "sequential(conv(3, 4, padding=1), instance_norm(4, eps=0.001, affine=true), relu(), "
           "conv(4, 3, padding=1))", (8, 8, 3), "weights.h5")
    x = keras.Input((8, 8, 3))
    a = conv(4, activation="relu")(x)
    for _ in range(3):
        a = L.Add()([a, conv(4)(conv(4, activation="relu")(a))])
    yield ("k-residual", keras.Model(x, conv(3)(a)),
           "sequential(conv(3, 4, padding=1), relu(), " + ", ".join(
               ["residual(conv(4, 4, padding=1), relu(), conv(4, 4, padding=1))"] * 3)
           + ", conv(4, 3, padding=1))", (8, 8, 3), "h5")
