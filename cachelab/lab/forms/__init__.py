"""
The learner's forms: commit to a prediction, explain in a sentence, answer a quiz.
"""
