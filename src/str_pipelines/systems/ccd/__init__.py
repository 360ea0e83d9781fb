"""CCD: self-supervised character-to-character distillation (Guan et al., ICCV 2023)."""
