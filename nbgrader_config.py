"""The course's nbgrader configuration: names and settings, no logic.

Every `nbgrader` command started in this folder reads it. It runs on the TRUSTED side.
"""

from autograder.course.lists import switch_on

c = get_config()  # noqa: F821  (nbgrader puts get_config here)

switch_on(c, __file__)  # what of nbgrader's is replaced, and by what, stands there

c.CourseDirectory.course_id = "lenet"

# Students train while they validate: more than nbgrader's 30 seconds for one cell.
c.Execute.timeout = 300
