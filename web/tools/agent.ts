// A client process for tests, driven by JSON lines: the same SidetoneClient that a page uses.
//
//   node build/web/agent.mjs --service http://127.0.0.1:PORT --state FILE [--host rendezvous|loopback|none] [--auto-answer]
//                            [--relay-only] [--source DEVICE] [--ca FILE] [--origin URL]
//
//   --state FILE    token and device key are kept here (0600); with it a restarted agent signs in by itself
//   --host          the way to the native host (default rendezvous); none: calls cannot be placed or answered
//   --source        what is sent instead of the default microphone: a device id, or `music`, `echo`
//   --origin        Origin header of the loopback way in
//
// In, one JSON object a line: {"id":1,"do":"sign_in",…}. Out: {"id":1,"ok":true,…} or {"id":1,"ok":false,"code":"…","text":"…"}.
//
//   do               with                                    answers with
//   sign_in          user, password                          name, user (number)
//   sign_out
//   state                                                    state: the whole view (`View` of #client)
//   status           availability (off|on|away|dnd), text?, until?
//   watch            users: [sign-in name or number]         (presence of these, all of them each time)
//   chat             to, text                                number (place in the conversation; answered when stored)
//   open             with                                    conversation (its newest messages are then fetched)
//   older            conversation                            added
//   read             conversation
//   typing           conversation
//   call             to | number                             call (id; answered when the call is being placed)
//   answer           call?                                   (answered when this device has won; without call: the one that rings)
//   decline, hang_up, take_up    call?
//   mute             call?, muted
//   wait_call        call?, phase | identity, within_ms?     call: the whole call, once it is in that phase (default 15000 ms)
//   stats            call?                                   stats: RTCStats dictionaries
//   devices                                                  devices: the host's audio devices
//   pair             code                                    pairing, name, address
//   confirm          pairing, accept?
//   pair_now         code                                    host (pair and confirm, then waits until the host is online)
//   unpair           host
//   hosts                                                    hosts
//   sessions                                                 devices: this user's signed-in devices
//   revoke           device
//   raw              frame: string                           (sends this text to the service as it is; answers come as events)
//   drop                                                     (cuts the socket to the service without a word)
//   quit                                                     (ends without hanging up: calls go on)
//
// Unasked, one line for every change that matters:
//   {"event":"ready"}                                                     the first line
//   {"event":"connection","phase":"online|waiting|…","reason":"…"}
//   {"event":"call","call":{…}}                                            on every change but that of levels
//   {"event":"levels","call":"…","sent":0.1,"received":0.1}                while `levels` was asked for: do levels, interval_ms
//   {"event":"ring","call":"…","tone":"ring|ring_back"}, {"event":"stop_ring","call":"…"}
//   {"event":"message","conversation":1,"message":{…}}                     a new message, or one whose state has changed
//   {"event":"presence","presence":{…}}, {"event":"typing","conversation":1,"users":[2]}
//   {"event":"history","history":[…]}, {"event":"hosts","hosts":[…]}
//   {"event":"frame","text":"…"}                                           every frame of the service, with --frames
//   {"event":"report","text":"…"}                                          something was not as it should be
