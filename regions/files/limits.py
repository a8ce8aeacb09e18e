"""How much is taken."""

MOST_BYTES = 20_000_000
# On one task or finding, without what was withdrawn.
MOST_FILES = 20
MOST_TOTAL_BYTES = 100_000_000
# What an office file may unpack to, and into how many parts.
MOST_UNPACKED_BYTES = 200_000_000
MOST_PARTS = 5_000
# The largest phone cameras make 50 million.
MOST_PIXELS = 60_000_000
MOST_SIDE = 20_000
# Sides of previews in pixels: a picture stands in a list, a page is to be read.
PICTURE_PREVIEW, PAGE_PREVIEW = 480, 1000
# The process that decodes may take this much time and memory.
DECODING_SECONDS = 20
DECODING_BYTES = 1_500_000_000
# Its exit code for a picture with too many pixels.
TOO_LARGE = 3
