"""What platforms and trainers themselves say about files that ftprep prepared: slow, and not part of the suite.

``python -m tests.validators [NAME]... [--data FOLDER] [--table FILE.md]`` prepares real files for every target and
shows them to the target's own open validator or loader, each in an environment of its own with pinned versions.
"""
