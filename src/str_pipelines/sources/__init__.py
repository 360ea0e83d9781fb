"""One parser a raw set, each giving records and typed rejections."""
