"""The file formats, one folder each; a folder exports FORMAT."""
