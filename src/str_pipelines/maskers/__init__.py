"""What tells text from ground in the picture of a word, pixel by pixel, and the step that does so for a whole set."""
