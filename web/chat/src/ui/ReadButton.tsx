import type { Message } from "../core/contract";
import { langOf, wordsOf } from "../core/spoken";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { readAloud, reader, useReading } from "./reading";

/** Reads a message aloud, pauses, goes on, stops; absent where the device has no voice. */
export function ReadButton({ message }: { message: Message }) {
  const texts = useTexts();
  const { chat } = useChat();
  const { reading, able } = useReading(texts);
  const { speech } = texts;
  if (!able) return null;
  const mine = reading?.seq === message.seq ? reading : undefined;
  const press = () => {
    if (!mine)
      readAloud(message.seq, wordsOf(message, chat.now(), texts), langOf(message.text, texts), texts);
    else if (mine.paused) reader.resume();
    else reader.pause();
  };
  return (
    <div class="reading">
      <button type="button" class="fold" onClick={press}>
        <Icon name={mine && !mine.paused ? "pause" : "sound"} />
        {mine ? (mine.paused ? speech.resume : speech.pause) : speech.read}
      </button>
      {mine && (
        <button type="button" class="fold" onClick={() => reader.stop()}>
          <Icon name="close" />
          {speech.stop}
        </button>
      )}
    </div>
  );
}
