"""Answer book: the programs of the course's source, to be run as they were.

    python -m lenet_solution narrow|wide|subclassed [--epochs 40] [--reset]
    python -m lenet_solution textbook [--epochs 50] [--weights FILE]
    python -m lenet_solution lenet5 [--epochs 10]

The first three train a variant of LeNet with a loop by hand and print a line an epoch; it needs TensorFlow.
The textbook's lists the GPUs, trains LeNet, saves the weights, loads them into a new network and evaluates it. The
last one is no program of the source: the LeNet-5 of 1998 on the course's clothes.
"""

import argparse
from pathlib import Path

import keras

from autograder.fashion_mnist import load_fashion_mnist
from lenet_solution.lenet5_model import as_inputs, train_lenet5
from lenet_solution.model import build_lenet
from lenet_solution.textbook import EPOCHS, as_pictures, train_textbook, training_loop
from lenet_solution.variants_model import Subclassed, build_narrow, build_wide

NETWORKS = {"narrow": build_narrow, "wide": build_wide, "subclassed": Subclassed}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m lenet_solution", description="The programs of the course's source."
    )
    programs = parser.add_subparsers(dest="program", required=True)
    for name in NETWORKS:
        variant = programs.add_parser(name, help=f"the {name} network with a training loop by hand")
        variant.add_argument("--epochs", type=int, default=EPOCHS)
        variant.add_argument(
            "--reset", action="store_true", help="means of each epoch, not of all until then"
        )
    textbook = programs.add_parser("textbook", help="LeNet by the textbook's recipe, from GPU to evaluate")
    textbook.add_argument("--epochs", type=int, default=50)
    textbook.add_argument("--weights", type=Path, default=Path("textbook_lenet.weights.h5"))
    original = programs.add_parser("lenet5", help="the LeNet-5 of 1998, trained on Fashion-MNIST")
    original.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error("--epochs is a whole number from 1.")
    if options.program == "textbook":
        follow_textbook(options.epochs, options.weights)
    elif options.program == "lenet5":
        follow_original(options.epochs)
    elif keras.backend.backend() != "tensorflow":
        parser.error("this loop is TensorFlow's: set KERAS_BACKEND=tensorflow.")
    else:
        follow_loop(options.program, options.epochs, options.reset)


def follow_loop(name: str, epochs: int, reset: bool) -> None:
    train, test = load_fashion_mnist()
    for epoch in training_loop(NETWORKS[name](), train, test, epochs, reset):
        print(
            f"Epoch {epoch.number}, Loss: {epoch.loss:.4f}, Accuracy: {epoch.accuracy:.2%}, "
            f"Test Loss: {epoch.test_loss:.4f}, Test Accuracy: {epoch.test_accuracy:.2%}",
            flush=True,
        )


def follow_textbook(epochs: int, weights: Path) -> None:
    list_gpus()
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    model = train_textbook(as_pictures(images), labels, epochs, verbose=2)
    model.summary()
    model.save_weights(weights)
    print(f"Saved: {weights}")
    again = build_lenet(start_scale=1)
    again.load_weights(weights)
    again.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = again.evaluate(as_pictures(test_images), test_labels, verbose=0)
    print(f"Test loss: {loss:.4f}, test accuracy: {accuracy:.2%}")


def follow_original(epochs: int) -> None:
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    model = train_lenet5(images, labels, epochs, verbose=2)
    loss, accuracy = model.evaluate(as_inputs(test_images), test_labels, batch_size=500, verbose=0)
    print(f"Test loss: {loss:.4f}, test accuracy: {accuracy:.2%}")


def list_gpus() -> None:
    """Say which there are; TensorFlow, where it is used, takes their memory as it needs it."""
    if keras.backend.backend() != "tensorflow":
        print(f"Keras runs on {keras.backend.backend()}.")
        return
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    print("GPUs:", ", ".join(gpu.name for gpu in gpus) or "none, so this trains on the processor")


if __name__ == "__main__":
    main()
