"""Gives Rasa's classifier the sentence vector that the application has already computed.

Serving: the vector comes in the message's metadata and is taken OUT of it, for Rasa copies
metadata into trackers and action calls. Training: the application writes the vectors of all
examples to a file first (bot/dialogue/training.py); a missing one is an error, never a zero.
"""

import os
from typing import Any, Dict, List, Optional, Text, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

VECTOR = "vector"
"""Key of the vector in a message's metadata."""
VECTORS_FILE = "DAOBAN_VECTORS_FILE"
"""Environment variable: .npz with `encoder` (fingerprint), `texts` and `vectors`."""
ENCODER_FINGERPRINT = "DAOBAN_ENCODER_FINGERPRINT"
"""Environment variable: the encoder that the vectors must come from."""
_DIMENSION = "dimension"
"""File of a trained model: how long its vectors are."""


class MissingVector(RasaException):
    """A text has no vector; guessing one would classify at random."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceVectorFeaturizer(DenseFeaturizer, GraphComponent):
    """Sets a given sentence vector, times `scale`, as the message's sentence feature.

    The classifier after it has no setting for its regularisation; `scale` stands for it.
    """

    def __init__(
        self,
        name: Text,
        config: Dict[Text, Any],
        dimension: Optional[int] = None,
        place: Optional[Tuple[ModelStorage, Resource]] = None,
    ) -> None:
        """Make it; `dimension` is the length of the vectors that the model was trained with."""
        super().__init__(name, config)
        self._dimension = dimension
        self._place = place

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the defaults: vectors as they are."""
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceVectorFeaturizer":
        """Make the component that learns, from the examples' vectors, how long a vector is."""
        return cls(execution_context.node_name, config, place=(model_storage, resource))

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "SentenceVectorFeaturizer":
        """Make the component as it was trained."""
        with model_storage.read_from(resource) as directory:
            dimension = int((directory / _DIMENSION).read_text())
        return cls(execution_context.node_name, config, dimension)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the length of the examples' vectors in the model."""
        del training_data
        assert self._place is not None  # noqa: S101 set by `create`
        model_storage, resource = self._place
        dimension = len(next(iter(read_vectors().values())))
        with model_storage.write_to(resource) as directory:
            (directory / _DIMENSION).write_text(str(dimension))
        return resource

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Refuse a scale that is no positive number."""
        scale = config.get("scale", 1.0)
        if not isinstance(scale, (int, float)) or not scale > 0:
            raise InvalidConfigException(f"scale must be a positive number, not {scale!r}")

    def process(self, messages: List[Message]) -> List[Message]:
        """Take each message's vector out of its metadata."""
        for message in messages:
            metadata = message.get("metadata") or {}
            if VECTOR not in metadata:
                raise MissingVector("the message came without its vector: use the daoban channel")
            self._set(message, np.asarray(metadata.pop(VECTOR), dtype=np.float32))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Look the examples' vectors up in the file that the application wrote."""
        vectors = read_vectors()
        for message in training_data.training_examples:
            text = message.get(TEXT)
            if not text:
                continue
            if text not in vectors:
                raise MissingVector(
                    f"no vector for the example {text!r}: train with `daoban setup`"
                )
            self._set(message, vectors[text])
        return training_data

    def _set(self, message: Message, vector: np.ndarray) -> None:
        if vector.shape != (self._dimension or vector.size,) or not np.isfinite(vector).all():
            raise MissingVector(
                f"a vector has {self._dimension} finite numbers, not {vector.shape}: "
                "this model was trained for another encoder"
            )
        message.add_features(
            Features(
                vector[np.newaxis, :] * self._config["scale"],
                FEATURE_TYPE_SENTENCE,
                TEXT,
                self._config[FEATURIZER_CLASS_ALIAS],
            )
        )


def read_vectors() -> Dict[Text, np.ndarray]:
    """Read the examples' vectors, by text.

    Raises:
        MissingVector: when the file is not named, or comes from another encoder.
    """
    path, encoder = os.environ.get(VECTORS_FILE), os.environ.get(ENCODER_FINGERPRINT)
    if not path or not encoder:
        raise MissingVector(f"set {VECTORS_FILE} and {ENCODER_FINGERPRINT}, or use `daoban setup`")
    with np.load(path, allow_pickle=False) as file:
        if str(file["encoder"]) != encoder:
            raise MissingVector(f"{path} was made by encoder {file['encoder']}, not {encoder}")
        return dict(zip(file["texts"].tolist(), file["vectors"], strict=True))
