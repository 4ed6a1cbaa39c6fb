"""What readers do together: votes, comments, and the desk that looks after both.

The rules of each are here; where they are shown is the faces' affair. Every verb works in the
transaction of the desk that it is given, and `now` is the caller's clock.
"""
