"""The course's nbgrader configuration: paths and lists of preprocessors, no logic.

Every `nbgrader` command started in this folder reads it. It runs on the TRUSTED side.
"""

c = get_config()  # noqa: F821  (nbgrader puts get_config here)

c.CourseDirectory.course_id = "lenet"
