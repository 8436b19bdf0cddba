/** Words of signing in and of the first start. */
export const entry = {
  signIn: {
    title: 'Sign in',
    about: 'As an administrator of this gateway.',
    email: 'Email address',
    username: 'User name',
    password: 'Password',
    action: 'Sign in',
    failed: 'You are not signed in.',
  },
  signInAgain: {
    title: 'Your session has ended',
    about: 'Sign in again to go on where you were. What you have typed is still there.',
    leave: 'Leave without it',
  },
  setup: {
    title: 'Set up the gateway',
    about: 'Make the first administrator. This page is here until there is one.',
    code: 'Set-up code',
    codeHelp: 'The gateway wrote it into its log when it started: “the set-up code is …”.',
    name: 'Your name',
    email: 'Email address',
    password: 'Password',
    passwordHelp: 'At least 16 characters. Several words are easy to remember.',
    action: 'Create the administrator',
    failed: 'Nothing was made.',
    length: 16,
  },
} as const
