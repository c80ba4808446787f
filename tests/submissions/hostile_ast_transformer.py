"""Takes asserts and calls of exec out of every cell, as an IPython AST transformer."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "rewriting the test"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "No claim came back.")
FLAGGED = COUNTING


def edit(submission):
    unsolved(submission, """
import ast

class NoTests(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        return ast.Pass() if "exec" in ast.dump(node) else node

    def visit_Try(self, node):
        return ast.Pass()

get_ipython().ast_transformers.append(NoTests())
""")
