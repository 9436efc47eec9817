// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeLanguage

/// What people call things, against the built-ins that searches of the help must lead to.
@Suite struct OtherNamesTests {
  private func library<R>(_ body: (Library) throws -> R) rethrows -> R {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    return try body(ScriptRunner(folder: folder.path).interpreter.library)
  }

  @Test func everyOtherNameLeadsToItsBuiltin() {
    library { library in
      for builtin in library.builtins {
        for name in builtin.otherNames + builtin.absent.flatMap(\.names) {
          let found = library.builtins(about: name).prefix(3).map(\.name)
          #expect(found.contains(builtin.name), "\(name) leads to \(found)")
        }
      }
    }
  }

  @Test func whatIsAbsentIsSaidWithWhatThereIs() {
    library { library in
      for builtin in library.builtins {
        for (names, advice) in builtin.absent {
          for name in names {
            let answer = library.answer(toSearchFor: name, width: 1000)
            #expect(answer.first == "henge has no \(name): \(advice)")
          }
          for match in advice.matches(of: /([A-Za-z_][A-Za-z_0-9]*)\(/) where match.1 != "f" {
            #expect(
              !library.builtins(named: String(match.1)).isEmpty,
              "the advice for \(names[0]) calls \(match.1), which is no built-in")
          }
        }
      }
    }
  }

  @Test func otherNamesAreNoBuiltinsAndAreDeclaredOnce() {
    library { library in
      var seen: Set<String> = []
      for builtin in library.builtins {
        for name in builtin.otherNames + builtin.absent.flatMap(\.names) {
          #expect(library.builtins(named: name).isEmpty, "\(name) is a built-in")
          #expect(seen.insert(name.lowercased()).inserted, "\(name) is declared twice")
        }
      }
    }
  }

  /// Words of the field, as a student would type them.
  @Test(arguments: [
    "histogram", "quantile", "percentile", "grayscale", "greyscale", "learning rate", "checkpoint",
    "attention", "epoch", "batch", "dropout", "ReLU", "softmax", "one-hot", "argmax", "concat",
    "stack", "flip", "mirror", "brightness", "contrast", "noise", "seed", "GPU", "tensorboard",
    "accuracy", "overfit", "weight decay", "gradient", "GAN", "skip connection", "residual",
    "upsample", "downsample", "blur", "sharpen", "resize", "screenshot", "correlation",
    "covariance", "transpose", "clamp", "thumbnail", "early stopping", "momentum", "scheduler",
    "fine-tune", "inference", "dataloader", "normalize", "standardize", "PCA", "confusion matrix",
    "saliency", "Grad-CAM", "embedding", "export", "tqdm", "pretrained", "colormap", "subplot",
    "video", "unique", "notebook", "dataframe", "loop", "timing",
  ])
  func wordsOfTheFieldAreFound(word: String) {
    library { library in
      let answer = library.answer(toSearchFor: word, width: 80)
      #expect(answer.first?.hasPrefix("no help mentions") == false, "\(answer)")
    }
  }
}
