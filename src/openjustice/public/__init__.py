"""The public wing: sealed releases, what is made of them, and the pages people read. It cannot reach the confidential one."""
