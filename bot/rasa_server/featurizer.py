"""Gives Rasa's classifier the sentence vector that the application has already computed.

Serving: the vector comes in the message's metadata and is taken OUT of it, for Rasa copies
metadata into trackers and action calls. Training: the application writes the vectors of all
examples to a file first (bot/dialogue/training.py); a missing one is an error, never a zero.
"""

import os
from typing import Any, Dict, List, Text

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

DIMENSION = 384
"""Length of a sentence vector (multilingual-e5-small)."""
VECTOR = "vector"
"""Key of the vector in a message's metadata."""
VECTORS_FILE = "DAOBAN_VECTORS_FILE"
"""Environment variable: .npz with `encoder` (fingerprint), `texts` and `vectors`."""
ENCODER_FINGERPRINT = "DAOBAN_ENCODER_FINGERPRINT"
"""Environment variable: the encoder that the vectors must come from."""


class MissingVector(RasaException):
    """A text has no vector; guessing one would classify at random."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectorFeaturizer(DenseFeaturizer, GraphComponent):
    """Sets a given sentence vector, times `scale`, as the message's sentence feature.

    The classifier after it has no setting for its regularisation; `scale` stands for it.
    """

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
        """Make the component for a training or serving graph."""
        del model_storage, resource
        return cls(execution_context.node_name, config)

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
        if vector.shape != (DIMENSION,) or not np.isfinite(vector).all():
            raise MissingVector(f"a vector has {DIMENSION} finite numbers, not {vector.shape}")
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
