"""Run by test_rasa_server.py with Rasa's Python 3.10: prints what it saw as JSON.

Arguments: the model, a file of vectors of another encoder.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_server import channel, featurizer, trackers


def fault(work, *arguments):
    """Name of what it raises."""
    try:
        work(*arguments)
    except Exception as error:  # noqa: BLE001 its name is what is asked
        return type(error).__name__
    return None


DIMENSION = 384
"""Of the encoder that the model was trained with."""


async def stored_tracker(model):
    """Everything that Rasa keeps of two turns."""
    store = trackers.IdleTrackerStore(Domain.empty())
    agent = Agent.load(model, tracker_store=store)
    vector = [0.125] * DIMENSION
    turn = {"sender": "cv_1", "text": "怎么零申报", "vector": vector, "slots": {"topic": "T1"}}
    first = await channel._turn(agent, turn)
    length = len(store.store["cv_1"])
    await channel._turn(agent, turn)
    return {
        "decision": first["decision"],
        "kept": store.store["cv_1"],
        "grows": len(store.store["cv_1"]) > length + 50,
        "refused_slot": fault(channel._slots, agent, {"no_such_slot": 1}),
    }


async def idle_senders():
    """Who is left in a store that keeps nothing idle."""
    store = trackers.IdleTrackerStore(Domain.empty(), idle_seconds=0)
    for sender in ("a", "b", "c"):
        await store.save(DialogueStateTracker(sender, []))
        await asyncio.sleep(0.001)
    return list(store.store)


def training_faults(other_vectors):
    """What the featurizer says to vectors that are missing or another's."""
    component = featurizer.SentenceVectorFeaturizer(
        "vectors", featurizer.SentenceVectorFeaturizer.get_default_config()
    )
    data = TrainingData([Message.build("没有向量的例句", "greeting")])
    faults = {"no_file": fault(component.process_training_data, data)}
    os.environ[featurizer.VECTORS_FILE] = other_vectors
    os.environ[featurizer.ENCODER_FINGERPRINT] = "ours"
    faults["other_encoder"] = fault(component.process_training_data, data)
    os.environ[featurizer.ENCODER_FINGERPRINT] = "theirs"
    faults["no_vector"] = fault(component.process_training_data, data)
    faults["message_without"] = fault(component.process, [Message(data={"text": "x"})])
    metadata = {"vector": [float("nan")] * DIMENSION}
    faults["not_finite"] = fault(component.process, [Message(data={"metadata": metadata})])
    metadata = {"vector": [0.5] * DIMENSION, "other": 1}
    message = Message(data={"text": "x", "metadata": metadata})
    component.process([message])
    faults["metadata_left"] = message.get("metadata")
    faults["bad_scale"] = fault(component.validate_config, {"scale": 0})
    return faults


model, other_vectors = sys.argv[1:]
print(  # noqa: T201
    "RESULT "
    + json.dumps(
        {
            "stored": asyncio.run(stored_tracker(model)),
            "idle": asyncio.run(idle_senders()),
            "training": training_faults(other_vectors),
            "slash": channel.without_command('  /greet{"a": 1}'),
            "no_token": fault(channel.DaobanChannel.from_credentials, {}),
            "invalid": InvalidConfigException.__name__,
        }
    )
)
