/* How the bytes of a bundle are packed: what follows ".tar" in its name. */
#ifndef HZ_FORMATS_WRITE_COMPRESS_H
#define HZ_FORMATS_WRITE_COMPRESS_H

enum w_compress { W_COMPRESS_NONE, W_COMPRESS_GZIP, W_COMPRESS_ZSTD };

#endif
