"""What a notebook printed of its training: read for a picture, and never a reason to stumble."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.runs.printed import MAX_CHARACTERS, MAX_EPOCHS, printed_accuracy, printed_epochs

BAR = "\x1b[1m1688/1688\x1b[0m \x1b[32m━━━\x1b[0m \x1b[1m5s\x1b[0m 3ms/step - accuracy: 0.7438 - loss: 0.6612"
EPOCH = (
    "Epoch 1/2\n" + BAR.replace("0.7438", "0.1") + "\r" + BAR + " - val_accuracy: 0.8 - val_loss: 5.5e-01\n"
)


def notebook(*outputs, name="training", kind=new_code_cell):
    cell = kind("model.fit()", metadata={"nbgrader": {"grade_id": name}})
    if outputs:
        cell.outputs = [o if not isinstance(o, str) else new_output("stream", text=o) for o in outputs]
    return new_notebook(cells=[cell])


def found(*outputs, **more):
    return printed_epochs(notebook(*outputs, **more), {"training"})


def test_the_last_words_of_an_epoch_count():
    expected = {"epoch": 1, "accuracy": 0.7438, "loss": 0.6612, "val_accuracy": 0.8, "val_loss": 0.55}
    assert found(EPOCH) == [expected]


def test_epochs_that_came_in_pieces_are_one_text():
    assert len(found("Epoch 1/2\nloss: 1.", "5\nEpoch 2/2\n", "loss: 0.5")) == 2
    assert found("Epoch 1/2\nloss: 1.", "5\n")[0] == {"epoch": 1, "loss": 1.5}


def test_a_second_training_in_the_same_cell_begins_anew():
    assert found("Epoch 1/1\nloss: 2.0\nEpoch 1/2\nloss: 1.0\nEpoch 2/2\nloss: 0.5\n") == [
        {"epoch": 1, "loss": 1.0},
        {"epoch": 2, "loss": 0.5},
    ]


@pytest.mark.parametrize(
    "text",
    ["", "nothing", "Epoch 1/2", "Epoch x/2 loss: 1", "loss: 0.5", "Epoch 1/1 loss: -",
     "Epoch 1/1 xloss: 0.5"],
)  # fmt: skip
def test_what_is_no_epoch_is_none(text):
    assert found(text) == []


def test_an_epoch_whose_loss_is_no_number_is_there_without_it():
    assert found("Epoch 1/3\nloss: 1.0\nEpoch 2/3\nEpoch 3/3\nloss: nan\n") == [
        {"epoch": 1, "loss": 1.0},
        {"epoch": 3},
    ]


def test_only_the_cells_that_train_for_the_student_are_read():
    assert found(EPOCH, name="another") == []
    assert printed_epochs(new_notebook(cells=[new_markdown_cell("Epoch 1/1 loss: 1")]), {"training"}) == []


def test_too_much_is_cut():
    many = "".join(f"Epoch {n}/9\nloss: 1.0\n" for n in range(2, MAX_EPOCHS + 50))
    assert len(found(many)) == MAX_EPOCHS
    assert found(" " * MAX_CHARACTERS + EPOCH) == []


@pytest.mark.parametrize("output", [{"output_type": "stream", "text": 7}, {"output_type": "stream"}, {}])
def test_an_output_that_is_no_text_is_passed_over(output):
    submitted = notebook()
    submitted.cells[0].outputs = [output]
    assert printed_epochs(submitted, {"training"}) == []


# The accuracy

EVALUATED = "\x1b[1m313/313\x1b[0m \x1b[32m━━━\x1b[0m 1s 2ms/step - accuracy: 0.8912 - loss: 0.31\n"
NOT_VALIDATED = f"Epoch 2/2\n{BAR}\n"


def accuracy(*cells, measured=("test_accuracy",)):
    """What is found in these cells, (name, text), with the one behind them whose network is measured."""
    made = [notebook(text, name=name).cells[0] for name, text in (*cells, ("test_accuracy", "accuracy: 0.1"))]
    found = printed_accuracy(new_notebook(cells=made), {"training"}, {"check", "test_accuracy"}, measured)
    return found and (found["accuracy"], found["of"])


def test_of_a_training_the_last_epochs_accuracy_on_what_it_kept_back_counts():
    assert accuracy(("training", EPOCH.replace("0.8 ", "0.7 ") + EPOCH)) == (0.8, "validation")


def test_what_an_evaluation_prints_below_a_training_counts():
    assert accuracy(("training", EPOCH + EVALUATED)) == (0.8912, "evaluation")
    assert accuracy(("training", NOT_VALIDATED + EVALUATED)) == (0.8912, "evaluation")
    assert accuracy(("training", EPOCH), ("own", EVALUATED)) == (0.8912, "evaluation")


def test_an_evaluation_is_no_part_of_an_epoch():
    assert found(NOT_VALIDATED + EVALUATED)[0]["accuracy"] == 0.7438


def test_an_epoch_with_a_line_for_each_step_ends_with_its_last_line():
    bars = "".join(f"{step}/2 - accuracy: 0.{step} - loss: 1.0\n" for step in (1, 2))
    assert found(f"Epoch 1/1\n{bars}")[0]["accuracy"] == 0.2


def test_the_accuracy_on_the_images_that_a_network_learns_from_is_not_compared():
    assert accuracy(("training", NOT_VALIDATED)) is None
    assert accuracy(("own", "Training accuracy: 0.99\ntrain_accuracy: 0.99")) is None


@pytest.mark.parametrize(
    "text", ["Test accuracy: 88.5 %", "Accuracy: 0.5\ntest_accuracy: 0.885", "accuracy: 88.5%"]
)
def test_an_accuracy_in_a_students_own_words_counts(text):
    assert accuracy(("own", text)) == (pytest.approx(0.885), "evaluation")


@pytest.mark.parametrize(
    "text", ["accuracy: 88.5", "accuracy: 7e-1", "accuracy: 0.5.5", "accuracy: high", ""]
)
def test_what_is_no_share_is_not_counted(text):
    assert accuracy(("own", text)) is None


def test_of_another_training_what_was_printed_above_it_is_forgotten():
    assert accuracy(("own", EVALUATED), ("training", NOT_VALIDATED)) is None


def test_what_a_check_prints_and_what_is_trained_in_a_cell_of_ones_own_does_not_count():
    assert accuracy(("check", EVALUATED), ("own", EPOCH)) is None


def test_what_stands_below_the_check_that_measures_is_of_other_networks():
    cells = [notebook(EPOCH, name=name).cells[0] for name in ("test_accuracy", "training")]
    assert (
        printed_accuracy(new_notebook(cells=cells), {"training"}, {"test_accuracy"}, ["test_accuracy"])
        is None
    )


def test_where_nothing_is_measured_nothing_is_compared():
    assert accuracy(("training", EPOCH), measured=()) is None
