"""The agency desk: a file is sent, its faults are shown by line, questions are answered, and nothing due is a surprise."""
