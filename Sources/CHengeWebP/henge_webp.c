// SPDX-License-Identifier: MIT
#include "henge_webp.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <webp/decode.h>

static struct {
  VP8StatusCode (*get_features)(const uint8_t *, size_t, WebPBitstreamFeatures *, int);
  int (*init)(WebPDecoderConfig *, int);
  WebPIDecoder *(*begin)(const uint8_t *, size_t, WebPDecoderConfig *);
  VP8StatusCode (*update)(WebPIDecoder *, const uint8_t *, size_t);
  void (*end)(WebPIDecoder *);
  const char *fault;
} webp;

static void open_library(void) {
  void *library = dlopen("libwebp.so.7", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libwebp.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    webp.fault = "libwebp, which reads it, is not installed: apt-get install libwebp-dev";
    return;
  }
  // The functions that the header's inline ones call with the version they were written for.
  *(void **)&webp.get_features = dlsym(library, "WebPGetFeaturesInternal");
  *(void **)&webp.init = dlsym(library, "WebPInitDecoderConfigInternal");
  *(void **)&webp.begin = dlsym(library, "WebPIDecode");
  *(void **)&webp.update = dlsym(library, "WebPIUpdate");
  *(void **)&webp.end = dlsym(library, "WebPIDelete");
  WebPDecoderConfig config;
  if (webp.get_features == NULL || webp.init == NULL || webp.begin == NULL ||
      webp.update == NULL || webp.end == NULL ||
      !webp.init(&config, WEBP_DECODER_ABI_VERSION))
    webp.fault = "the libwebp here is another than henge was built for";
}

static const char *library_fault(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return webp.fault;
}

static const char *reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OK: return NULL;
    case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that libwebp does not know";
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the file ends too early";
    case VP8_STATUS_SUSPENDED: return "the file ends too early";
    case VP8_STATUS_USER_ABORT: return "stopped";
    default: return "its image data are damaged";
  }
}

const char *henge_webp_read_header(const uint8_t *bytes, size_t count, henge_webp_header *header) {
  const char *fault = library_fault();
  if (fault != NULL) return fault;
  WebPBitstreamFeatures features;
  VP8StatusCode status = webp.get_features(bytes, count, &features, WEBP_DECODER_ABI_VERSION);
  if (status != VP8_STATUS_OK) return reason(status);
  if (features.width <= 0 || features.height <= 0) return "it says that it has no pixels";
  *header = (henge_webp_header){
      (uint32_t)features.width, (uint32_t)features.height, features.has_alpha != 0,
      features.has_animation != 0};
  return NULL;
}

const char *henge_webp_read_pixels(const uint8_t *bytes, size_t count, bool has_alpha,
                                   uint8_t *pixels, size_t stride, size_t size,
                                   bool (*goes_on)(void *), void *context) {
  const char *fault = library_fault();
  if (fault != NULL) return fault;
  WebPDecoderConfig config;
  if (!webp.init(&config, WEBP_DECODER_ABI_VERSION)) return "libwebp does not start";
  if (stride > INT_MAX) return "its rows are too long";
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = size;
  WebPIDecoder *decoder = webp.begin(NULL, 0, &config);
  if (decoder == NULL) return "out of memory";
  // A part of the file makes some rows; between two parts one may stop.
  size_t part = count / 256 > 4096 ? count / 256 : 4096, ready = 0;
  VP8StatusCode status = VP8_STATUS_SUSPENDED;
  while (status == VP8_STATUS_SUSPENDED && ready < count) {
    ready = count - ready > part ? ready + part : count;
    status = goes_on(context) ? webp.update(decoder, bytes, ready) : VP8_STATUS_USER_ABORT;
  }
  webp.end(decoder);
  return reason(status);
}
