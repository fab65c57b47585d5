// Logs somebody in with Google's own library for Node, as it comes: google-auth-library.
//
// Prints the address to send the browser to, reads the address it came back to, and prints who it is. The argument is the
// client's file, as Google's console gives it.

import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { OAuth2Client } from 'google-auth-library'

const { web } = JSON.parse(await readFile(process.argv[2], 'utf8'))
const client = new OAuth2Client(web.client_id, web.client_secret, web.redirect_uris[0])
console.log(client.generateAuthUrl({
  access_type: 'offline',
  prompt: 'consent',
  scope: ['openid', 'email', 'profile'],
}))

const lines = createInterface({ input: process.stdin })
const { value: callback } = await lines[Symbol.asyncIterator]().next()
lines.close()
const { tokens } = await client.getToken(new URL(callback).searchParams.get('code'))
client.setCredentials(tokens)
const ticket = await client.verifyIdToken({ idToken: tokens.id_token, audience: web.client_id })
const { email, name } = ticket.getPayload()
const { credentials } = await client.refreshAccessToken()
const info = await client.getTokenInfo(credentials.access_token)
console.log(JSON.stringify({ email, name, refreshed: info.aud === web.client_id }))
