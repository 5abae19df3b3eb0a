#pragma once

#include "core/protocol/calls.hpp"
#include "core/protocol/control.hpp"
#include "core/protocol/control_sound.hpp"
#include "core/protocol/directory.hpp"
#include "core/protocol/favourites.hpp"
#include "core/protocol/hosts.hpp"
#include "core/protocol/identity.hpp"
#include "core/protocol/message_changes.hpp"
#include "core/protocol/message_search.hpp"
#include "core/protocol/messaging.hpp"
#include "core/protocol/pictures.hpp"
#include "core/protocol/presence.hpp"
#include "core/protocol/saved_numbers.hpp"
#include "core/protocol/second_factor.hpp"
#include "core/protocol/session.hpp"

/// Every message that crosses a wire, by connection and direction. A message that is not here does not exist.
namespace sidetone::protocol {

/// A client's requests to the service, on wss://service/client.
using ClientToService =
    MessageList<SignIn, Resume, SignOut, Ping, DeviceList, DeviceRevoke, SecondFactorGet, SecondFactorBegin,
                SecondFactorConfirm, SecondFactorRemove, DirectorySync, FavouriteSet, FavouriteList, SavedNumberSet,
                SavedNumberList, PictureSet, PresenceSubscribe, StatusSet, ConversationOpen, ConversationList, ChatSend,
                ChatHistory, ChatMark, ChatTyping, ChatEdit, ChatRemove, ChatReact, ChatChangesSince, ChatSearch,
                CallInvite, CallAnswer, CallDecline, CallForward, CallHangUp, CallCandidate, CallUpdate, CallList,
                CallTakeUp, HistorySync, HostPair, HostConfirm, HostList, HostUnpair, HostTicket, Control>;

/// The service's answers and events to a client.
using ServiceToClient =
    MessageList<Ok, Failure, SignedIn, SignedOut, SignedInDevices, SecondFactor, SecondFactorSecret, SecondFactorCodes,
                Directory, DirectorySnapshot, Favourites, Favourite, SavedNumbers, SavedNumberChanged, Presence,
                Conversation, Conversations, ChatSent, ChatMessage, ChatPage, ChatMarked, ChatTypingBy, ChatChanged,
                ChatChanges, ChatFound, CallRinging, CallIncoming, CallAnswered, CallEnded, CallCandidate, CallUpdate,
                Calls, History, HostPairing, Hosts, HostTicketGranted, Control>;

/// A native host's messages to the service, on wss://service/host.
using HostToService = MessageList<HostEnrol, HostSignIn, HostLiveCalls, HostControl, Ping>;

/// The service's messages to a native host.
using ServiceToHost = MessageList<Ok, Failure, HostCode, HostPaired, HostWelcome, HostTicketIssued, HostControl,
                                  HostClientLost, HostClientGone, HostRelease, HostUnpaired>;

/// A client's requests to a native host: by loopback, or inside control and host_control.
using ClientToHost = MessageList<Attach, PeerCreate, PeerTag, TransceiverAdd, TransceiverSet, OfferCreate, AnswerCreate,
                                 LocalSet, RemoteSet, CandidateAdd, StatsGet, PeerClose, ChannelCreate, ChannelMessage,
                                 ChannelClose, MediaDeviceList, TrackCapture, TrackSet, TrackStop, PlayoutSet,
                                 DtmfInsert, SoundPlay, SoundStop, MicrophoneWatch, LevelsWatch, Ping>;

/// A native host's answers and events to a client.
using HostToClient = MessageList<Ok, Failure, Attached, Detached, Description, Transceivers, PeerState, CandidateFound,
                                 ChannelOpened, ChannelMessage, ChannelClosed, Stats, MediaDevices, TrackEnded,
                                 DtmfTone, DtmfReceived, MicrophoneLevel, Levels>;

/// Between the two clients of a call, on its data channel.
using ClientToClient = MessageList<IdentityHello, IdentityProof>;

}  // namespace sidetone::protocol
