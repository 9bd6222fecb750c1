"""What every desk shares: the frame of its pages, error summaries, the moment, the languages, and where things are kept."""
