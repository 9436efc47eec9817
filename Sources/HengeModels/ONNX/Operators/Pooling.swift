// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// The largest, or the mean, of windows and of whole maps.

extension ONNXOperator {
  static let pooling: [ONNXOperator] = [
    ONNXOperator("MaxPool", options: ONNXWindow.options + ["ceil_mode", "storage_order"]) {
      options in
      try options.refuseResults(after: 1, "the places of the largest elements")
      let (window, kernel) = try windows(options)
      return { call in
        [
          try ONNXMaps.planes(call(0)) { x in
            var places = try window.places(input: x, kernel: kernel(x))
            let extra = window.extra(places, input: x, kernel: kernel(x))
            places.vertical.after += extra.vertical
            places.horizontal.after += extra.horizontal
            return try x.maxPooled(kernel: kernel(x), places)
          }
        ]
      }
    },
    ONNXOperator("AveragePool", options: ONNXWindow.options + ["ceil_mode", "count_include_pad"]) {
      options in
      let (window, kernel) = try windows(options)
      let countsPadding = try options.flag("count_include_pad")
      return { call in
        [
          try ONNXMaps.planes(call(0)) { x in
            let places = try window.places(input: x, kernel: kernel(x))
            return try x.averagePooled(
              kernel: kernel(x), places,
              extra: window.extra(places, input: x, kernel: kernel(x)),
              countsPadding: countsPadding)
          }
        ]
      }
    },
    plain("GlobalAveragePool") { call in
      try call(0).mean(Array(2..<max(2, call(0).rank)), keepingAxes: true)
    },
    plain("GlobalMaxPool") { call in
      try call(0).maximum(Array(2..<max(2, call(0).rank)), keepingAxes: true)
    },
  ]

  /// The window of pooling: over maps of one dimension it has one row.
  private static func windows(_ options: ONNXOptions) throws -> (
    ONNXWindow, (Tensor) -> Convolution.Pair
  ) {
    let window = try ONNXWindow(options)
    guard let kernel = window.kernel else { throw options.refused("it lacks `kernel_shape`") }
    return (window, { _ in kernel })
  }
}
