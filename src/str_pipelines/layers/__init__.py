"""Network parts that several networks use, one concept a file."""
