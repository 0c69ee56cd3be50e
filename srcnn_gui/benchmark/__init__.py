"""Measuring: methods, scales and a folder of pictures to the tables and figures of the paper."""
