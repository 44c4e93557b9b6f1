"""Shapes that frameworks for reinforcement learning read."""
