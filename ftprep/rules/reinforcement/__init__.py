"""RFT: tasks with an answer that a machine can check."""
