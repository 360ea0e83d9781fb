"""TextSSR (Ye et al., ICCV 2025): paints a chosen word into a region of a photograph by diffusion."""
