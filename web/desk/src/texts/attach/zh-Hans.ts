export const texts = {
  add: "附件",
  list: "要发送的文件",
  uploading: "上传中…",
  remove: (name: string) => `移除 ${name}`,
  waits: "文件上传完后才能发送",
  reasons: {
    file_too_large: "文件太大，一个文件最多 10 MB",
    file_type_refused: "只能发送照片、PDF、OFD、Word（docx）和 Excel（xlsx）",
    file_unreadable: "文件打不开：可能已损坏、是空的，或者设了密码",
    too_many_files: "今天在这个会话里发送的文件太多了",
    not_holder: "这个会话已不在您手上",
    unknown: "没有上传成功，请移除后重新添加",
  } as Record<string, string>,
};

export type Texts = typeof texts;
