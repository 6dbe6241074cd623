"""What a learner on their own needs beside grading: exercises, the next step, a way back."""
