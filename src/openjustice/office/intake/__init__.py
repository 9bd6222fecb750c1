"""The desk for machines: files are handed in over HTTP with a token, gone on with after a cut, receipted and answered."""
