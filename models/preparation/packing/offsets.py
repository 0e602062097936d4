"""Where things lie on one axis, known only by differences: a matrix of the least offset from each to each. Pure.

`matrix[u * size + v]` says that v begins at least so far behind u (less than 0: v begins at most so far before u). Point 0 is the
box's wall. With every pair's longest path kept, a new difference is added in the square of the points, and contradicts what is
known exactly when it closes a cycle of positive length.
"""

# So low that no sum of lengths makes it a bound.
UNKNOWN = -(1 << 40)

Matrix = list[int]


def nothing_known(size: int) -> Matrix:
    """The matrix of `size` points of which only one thing is known: none begins before point 0."""
    matrix = [UNKNOWN] * (size * size)
    matrix[:size] = [0] * size
    for point in range(size):
        matrix[point * size + point] = 0
    return matrix


def push(matrix: Matrix, size: int, u: int, v: int, least: int) -> bool:
    """Point v begins `least` or more behind u. False when that cannot be; the matrix is then of no use any more."""
    if matrix[u * size + v] >= least:
        return True
    if matrix[v * size + u] > -least:
        return False
    behind = matrix[v * size : v * size + size]
    for row in range(0, size * size, size):
        ahead = matrix[row + u] + least
        # What is no further from v than before is no further from what lies behind v either.
        if ahead > matrix[row + v]:
            for point, offset in enumerate(behind, row):
                if ahead + offset > matrix[point]:
                    matrix[point] = ahead + offset
    return True
