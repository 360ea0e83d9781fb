"""Real sets of words as their authors published them: a parser a layout, one source for all."""
