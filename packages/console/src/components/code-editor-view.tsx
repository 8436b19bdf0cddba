/** CodeMirror; only `code-editor.tsx` imports this file, and late. */
import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { html } from '@codemirror/lang-html'
import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { php } from '@codemirror/lang-php'
import { python } from '@codemirror/lang-python'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { CodeEditorProps, CodeLanguage } from './code-editor.tsx'

const LANGUAGES: Readonly<Record<CodeLanguage, () => Extension>> = {
  javascript: () => javascript({ typescript: false }),
  python,
  php: () => php({ plain: false }),
  json,
  html,
  text: () => [],
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--primary)' },
  { tag: [tags.string, tags.regexp], color: 'var(--success)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warning)' },
  { tag: tags.comment, color: 'var(--muted-foreground)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--foreground)', fontWeight: '500' },
  { tag: tags.tagName, color: 'var(--primary)' },
  { tag: tags.invalid, color: 'var(--danger)' },
])

const LOOK = EditorView.theme({
  '&': { fontSize: '0.8125rem', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--font-mono)', caretColor: 'var(--foreground)', padding: '0.5rem 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted-foreground)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in oklch, var(--hover) 55%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--foreground)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--primary-soft) !important',
  },
})

export default function CodeEditorView(props: CodeEditorProps) {
  const { value, onChange, language, readOnly = false, label, minHeight = '10rem', maxHeight = '60dvh' } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const change = useRef(onChange)
  change.current = onChange
  const first = useRef(value)
  const { id, labelledBy, 'aria-describedby': described, 'aria-invalid': invalid } = props

  useEffect(() => {
    const attributes = {
      // What can be written in can be reached; said for those who check that what scrolls can be.
      tabindex: '0',
      ...(id && { id }),
      ...(label && { 'aria-label': label }),
      ...(labelledBy && { 'aria-labelledby': labelledBy }),
      ...(described && { 'aria-describedby': described }),
      ...(invalid && { 'aria-invalid': 'true' }),
    }
    // Tab leaves the editor, as it leaves every other control; Ctrl-] and Ctrl-[ indent.
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: view.current?.state.doc.toString() ?? first.current,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          highlightActiveLine(),
          syntaxHighlighting(COLOURS),
          LOOK,
          EditorView.theme({ '.cm-scroller': { minHeight, maxHeight, overflow: 'auto' } }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
          LANGUAGES[language](),
          EditorState.readOnly.of(readOnly),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of(attributes),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [language, readOnly, label, labelledBy, id, described, invalid, minHeight, maxHeight])

  // What comes from outside (a reset, an example) replaces the text; what was just typed does not.
  useEffect(() => {
    const shown = view.current
    if (shown && shown.state.doc.toString() !== value)
      shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } })
  }, [value])

  return (
    <div
      ref={place}
      className="overflow-hidden rounded-md border border-input bg-surface shadow-xs focus-within:border-ring focus-within:outline-2 focus-within:outline-ring/60"
    />
  )
}
