"""The colours and noises of CCD's views (section 5.1 of the spec) as operations on batches, on any device.

Each takes pictures (B, 3, H, W) in 0…1, draws what it needs for each of them from torch's random numbers, and returns
as many; values may leave 0…1 and are cut by the pipeline. Amounts are those of the spec, where 255 is 1.
"""
