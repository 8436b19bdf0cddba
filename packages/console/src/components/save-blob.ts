/** Hands bytes to the browser as a file of this name. */
export const saveBlob = (bytes: Blob, name: string): void => {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser takes the address when it begins to save, which is not at once.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
