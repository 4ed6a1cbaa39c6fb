"""What readers do together: they submit papers, claim those that are theirs, vote and comment.

The rules of each are here, those that hold votes and submissions back for the desk among them;
where they are shown is the faces' affair. Every verb works in the transaction of the desk that it
is given, and `now` is the caller's clock.
"""
