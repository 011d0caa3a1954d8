"""What a class got wrong, counted from its results as they come, with little kept of each.

counts   how often each verdict and each mistake was given, and how the points are spread
shared   wrong answers that several students gave and no mistake explains
pairs    sheets with the same unusual wrong numbers
blocks   all that as a report
data     the same for programs
"""
