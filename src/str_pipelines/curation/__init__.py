"""Sets of words as a whole: merged, split, filtered, cut down to a subset, and put into the forms of other tools."""
