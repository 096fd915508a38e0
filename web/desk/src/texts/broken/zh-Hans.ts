export const texts = {
  title: "这里显示不出来",
  saved: "您已发送和保存的内容都在。重新加载后可以继续；仍不行的，请把下面的提示告诉管理员。",
  reload: "重新加载",
};

export type Texts = typeof texts;
